    import collections
    return collections.deque(range(n))
