def some(it):
    for i in it:
        return i
def solve(x):
    it = iter(range(40000))
    while some(it) < 39999: pass
    return 3
