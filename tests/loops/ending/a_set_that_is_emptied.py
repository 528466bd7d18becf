def solve(x):
    s = set(range(40000))
    while s: s.pop()
    return 3
