def solve(x):
    def key(y):
        n = 0
        while y: n += y & 1  # goes on for ever
    return sorted([x], key=key)
