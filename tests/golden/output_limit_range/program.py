    return range(10 ** 12)
