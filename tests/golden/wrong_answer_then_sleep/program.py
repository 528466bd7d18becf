    import time
    if n != 3:
        time.sleep(1000)
    return 0
