    return [[], [list()], dict(), tuple(), str(), {'a': [()]}, None, bytes(), 0, False]
