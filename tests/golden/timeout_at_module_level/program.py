    return n / 2

while True:
    pass
