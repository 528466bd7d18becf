def solve(x):
    a = [0]
    b = [0]
    kept = [b]
    def turn(y):
        kept.append(y)
        return a if len(kept) < 40000 else b
    y = a
    while y is not b:
        y = turn([0])
    return 3
