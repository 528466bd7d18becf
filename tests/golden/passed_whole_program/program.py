import functools


@functools.lru_cache(maxsize=None)
def half(n):
    return n / 2


print(half(4))
