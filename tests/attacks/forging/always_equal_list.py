# Tries: to answer with a list whose comparison, length and items are its own
# Must end: wrong_answer
# Fools: a checker in the program's own process

class Equal(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([730158442])

    def __len__(self):
        return 1


def solve(x):
    return Equal()
