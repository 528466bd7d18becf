def solve(x):
    while x: pass  # goes on for ever
