def g(n):
    if n: return g(n - 1)
    while True: pass  # goes on for ever
def solve(x):
    return g(70)
