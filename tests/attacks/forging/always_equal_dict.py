# Tries: to answer with a dict whose comparison is its own
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal(dict):
    def __eq__(self, other):
        return True

    def items(self):
        return [(1, Equal())]


def solve(x):
    return Equal(a=1)
