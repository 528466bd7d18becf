# Tries: to break the reading of an exception by a class whose str, errno and traceback are its own
# Must end: exception, forbidden, crashed

class Lie(OSError):
    errno = "many"

    def __str__(self):
        raise SystemExit(0)

    @property
    def __traceback__(self):
        raise SystemExit(0)


Lie.__name__ = "\ud7ff\uffff" * 100


def solve(x):
    raise Lie(13, "x" * 10**6)
