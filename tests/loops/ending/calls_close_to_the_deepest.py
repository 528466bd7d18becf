def deep(n):
    if n: return deep(n - 1)
    return 1
def solve(x):
    n = 0
    while n < 60:
        sum(range(30000))
        n += deep(987)
    return 3
