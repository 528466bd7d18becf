    yield from range(n)
