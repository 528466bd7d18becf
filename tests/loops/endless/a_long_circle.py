def solve(x):
    while x >= 0:  # goes on for ever
        x = (x * 7 + 3) % 101
