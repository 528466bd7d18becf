    return int('1' + '0' * n) if 0 < n < 4000 else 10 ** n
