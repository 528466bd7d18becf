    assert n > 3, 'too small'
    return n / 2
