    return abs(x) ** 0.5
