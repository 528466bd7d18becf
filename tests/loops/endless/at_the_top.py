x = 5
while x:  # goes on for ever
    x = 10 - x
def solve(x): return 3
