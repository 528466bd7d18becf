# Tries: to answer with an object that equals everything
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def solve(x):
    return Equal()
