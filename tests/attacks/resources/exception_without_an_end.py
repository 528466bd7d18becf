# Tries: to raise an exception whose message takes for ever
# Must end: timeout
# On: A+

class Slow(Exception):
    def __str__(self):
        while True:
            pass


def solve(x):
    raise Slow
