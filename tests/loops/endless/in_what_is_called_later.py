def g(y):
    while y > 0:  # goes on for ever
        y = 7 if y == 7 else y - 1
    return 0
def solve(x):
    n = 0
    while n < 100:
        xs = sorted(range(400000), key=str)
        n += 1
        g(3)
        g(8)
