    if n:
        return n / 2
    return 0
