    return float(input('n? ')) / 2
