def solve(x):
    d = dict.fromkeys(range(60000))
    for k in range(2, 60000): del d[k]
    n = 2
    while n == 2:
        n = 0
        for k in d:
            n += 1
            if n == 2: break
            del d[k]
            d[k] = 0
        k = 0
    return 3
