    while n != 3:
        pass
    return 0
