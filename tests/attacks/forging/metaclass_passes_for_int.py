# Tries: to be taken for an int by a metaclass that hashes and compares like int
# Must end: wrong_answer, exception
# Fools: a checker in the program's own process

class Meta(type):
    def __hash__(cls):
        return hash(int)

    def __eq__(cls, other):
        return True


class Fake(metaclass=Meta):
    def __eq__(self, other):
        return True


def solve(x):
    return Fake()
