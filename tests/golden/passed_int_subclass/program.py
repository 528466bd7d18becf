    class Number(int):
        pass

    return Number(10 ** n) if n >= 0 else 0.1
