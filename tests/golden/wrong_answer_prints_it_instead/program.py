    print(n / 2)
