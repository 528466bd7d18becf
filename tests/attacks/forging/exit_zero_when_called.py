# Tries: to leave with exit code 0 at the first call
# Must end: crashed
# Fools: a checker that looks at the exit code

import os


def solve(x):
    os._exit(0)
