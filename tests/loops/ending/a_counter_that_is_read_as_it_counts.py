def solve(x):
    n = 0
    while [n, 1][0] < 40000:
        n += 1
    return 3
