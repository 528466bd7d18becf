def solve(x):
    y = 1
    while True:  # goes on for ever
        y = x
