def solve(x):
    while x > 0:  # goes on for ever
        if x == 2:
            continue
        x -= 1
    return x
