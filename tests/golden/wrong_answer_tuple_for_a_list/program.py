    return tuple(range(n))
