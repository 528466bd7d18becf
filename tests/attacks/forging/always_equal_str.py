# Tries: to answer with a str whose comparison is its own
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def solve(x):
    return Equal("x")
