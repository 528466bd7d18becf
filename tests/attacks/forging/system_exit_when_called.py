# Tries: to end the test by SystemExit(0)
# Must end: exception
# Fools: a checker that looks at the exit code

import sys


def solve(x):
    sys.exit(0)
