    return 1 - n % 2
