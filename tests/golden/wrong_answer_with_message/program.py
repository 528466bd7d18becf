    return n / 2 if n != 4 else 3
