# Tries: to hide an object that equals everything in plain lists, dicts and sets
# Must end: wrong_answer

class Equal:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def solve(x):
    return [Equal(), {Equal(): Equal()}, {Equal()}]
