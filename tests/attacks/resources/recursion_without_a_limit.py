# Tries: recursion past the interpreter's limit, until the stack overflows
# Must end: crashed, memory_limit, exception, timeout

import sys

sys.setrecursionlimit(10**9)


def solve(x):
    return max([x], key=solve)
