    return {1, 2} if items else None
