    with open('large', 'wb') as file:
        for number in range(100):
            file.write(bytes(1 << 20))
    return n / 2
