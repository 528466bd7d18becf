    return n / 2


value = {}['missing']
