def f(y):
    while y > 0:
        y -= 1
        if f(y - 1): return 0
    return 0
def solve(x):
    f(16)
    return 3
