def solve(x):
    while x:  # goes on for ever
        while x < 50: x += 1
        x = 1
