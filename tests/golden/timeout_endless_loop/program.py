    while True:
        n += 1
