# Tries: to answer with an iterator that takes its time
# Must end: timeout
# On: A+

import time


def solve(x):
    while True:
        time.sleep(0.2)
        yield x
