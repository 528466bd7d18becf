def solve(x):
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    while count() < 40000: pass
    return 3
