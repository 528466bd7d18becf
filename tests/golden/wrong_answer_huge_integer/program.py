    return 10 ** n + (n > 3)
