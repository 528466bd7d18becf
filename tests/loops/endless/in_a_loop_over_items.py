def solve(x):
    for i in range(3):
        while i < x: i = i * 1  # goes on for ever
