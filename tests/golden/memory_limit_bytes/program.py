    data = bytes(2 ** 35)
    return n / 2
