def counter():
    n = [0]
    def count():
        n[0] += 1
        return n[0]
    return count
def solve(x):
    count = counter()
    while count() < 40000: pass
    return 3
