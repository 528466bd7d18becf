# Tries: to overflow the stack inside the interpreter
# Must end: crashed, exception

import functools


def solve(x):
    wrapped = int
    for number in range(200_000):
        wrapped = functools.partial(wrapped)
    nested = []
    for number in range(200_000):
        nested = [nested]
    return repr(nested) == wrapped
