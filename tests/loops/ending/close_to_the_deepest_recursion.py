def deep(n):
    while n: return deep(n - 1)
    sum(range(900000))
    return 1
def solve(x):
    n = 0
    while n < 3: n += deep(986)
    return 3
