# Tries: to wait for ever without using any CPU time
# Must end: timeout
# On: A+ B

import time


def solve(x):
    time.sleep(1e6)
