    if n == 1:
        import time
        while time.process_time() < 5:
            pass
    return n / 2
