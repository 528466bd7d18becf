    return x + y
