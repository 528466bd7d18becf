    return n // 2
