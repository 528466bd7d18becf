    return frozenset(items)
