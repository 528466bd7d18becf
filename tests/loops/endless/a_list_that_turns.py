def solve(x):
    y = [1, 2, 3]
    while y:  # goes on for ever
        y.append(y.pop(0))
