def solve(x):
    y = 1
    while True:
        y = y * 75 % 65537
        if y == 38497: return 3
