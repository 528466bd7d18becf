    class Half:
        pass
    return Half()
