    if x < -1:
        raise TypeError('complex')
    return (x if x > 0 else int('-')) ** 0.5
