def solve(x):
    n = 0
    for i in range(300):
        while n < 200:
            n += 1
        n = 0
    return 3
