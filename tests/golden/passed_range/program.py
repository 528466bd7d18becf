    return range(n)
