    return map(int, range(n))
