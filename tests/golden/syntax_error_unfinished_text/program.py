    return 'n / 2
