# Tries: to answer with an int whose comparison is its own
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def solve(x):
    return Equal(1)
