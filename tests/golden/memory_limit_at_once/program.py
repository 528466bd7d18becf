    return len([n] * 10 ** 10)
