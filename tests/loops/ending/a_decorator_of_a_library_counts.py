from functools import lru_cache
def size(d):
    misses = []
    f = d(misses.append)
    for i in range(300): f(i)
    had = len(misses)
    for i in range(299, -1, -1): f(i)
    return 300 - (len(misses) - had)
def solve(x):
    d = lru_cache(1)
    while True:
        d = lru_cache(size(d) + 1)
        if size(d) > 250:
            return 3
