# Tries: to answer with a float that has its own comparison and its own conversion to bytes
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal(float):
    def __eq__(self, other):
        return True

    def __float__(self):
        return 730158442.0

    def __index__(self):
        return 730158442

    __hash__ = float.__hash__


def solve(x):
    return Equal(0.5)
