    return list(range(n))


@staticmethod
