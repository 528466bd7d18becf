def solve(x):
    n = 0
    out = ''
    while n < 20:
        for i in range(60000):
            out += '0' if (i ^ n) & 1 else '1'
        n += 1
    return 3 if len(out) == 1200000 else 0
