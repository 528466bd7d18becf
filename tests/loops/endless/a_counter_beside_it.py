def solve(x):
    n = 0
    while x != 0:  # goes on for ever
        x = -x
        n += 1
