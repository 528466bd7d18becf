    return 'x' * 6_000_000
