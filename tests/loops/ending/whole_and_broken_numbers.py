def solve(x):
    y = 1
    while y != 40000.0:
        y = y + 1.0
    return 3
