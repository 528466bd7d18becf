# Tries: to hold up the evaluator in a destructor that loops
# Must end: timeout
# On: A+

class Sticky:
    def __del__(self):
        while True:
            pass


def solve(x):
    Sticky()
    return 0
