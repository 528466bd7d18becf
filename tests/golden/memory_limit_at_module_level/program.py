    return n / 2

table = [0] * 2 ** 34
