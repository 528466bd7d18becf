# Tries: to pass for an int by a `__class__` that lies
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Fake:
    @property
    def __class__(self):
        return int

    def __eq__(self, other):
        return True

    def __index__(self):
        return 730158442


def solve(x):
    return Fake()
