# Tries: to point the evaluator's channel somewhere else
# Must end: crashed

import os

null = os.open("/dev/null", os.O_RDWR)
for handle in range(3, 16):
    if handle != null:
        os.dup2(null, handle)


def solve(x):
    return 1
