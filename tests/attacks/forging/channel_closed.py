# Tries: to close every file, so that nothing can be said about it
# Must end: crashed

import os

os.closerange(0, 256)


def solve(x):
    return 1
