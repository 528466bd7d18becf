    return n / 2
