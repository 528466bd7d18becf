def solve(x):
    while x:  # goes on for ever
        for i in range(3): x = i + 1
        x = 2
