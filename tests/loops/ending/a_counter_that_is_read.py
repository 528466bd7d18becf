def solve(x):
    n = 0
    while True:
        n += 1
        if n > 40000: return 3
