    import time
    time.sleep(1000)
    return n / 2
