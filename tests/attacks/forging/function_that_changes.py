# Tries: to answer by a callable that is no function and replaces itself in its module
# Must end: wrong_answer

class Solve:
    def __call__(self, x):
        globals()["solve"] = lambda x: 730158442
        return self

    def __eq__(self, other):
        return True


solve = Solve()
