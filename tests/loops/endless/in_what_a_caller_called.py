def inner(x):
    while x: pass  # goes on for ever
def solve(x):
    return 1 + inner(x)
