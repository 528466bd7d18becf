    steps = [n]
    if n > 3:
        return steps[1]
    return n / 2
