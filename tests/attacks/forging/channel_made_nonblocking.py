# Tries: to lose part of an answer by a channel that does not wait
# Must end: crashed, wrong_answer

import os

for handle in range(3, 16):
    try:
        os.set_blocking(handle, False)
    except OSError:
        continue


def solve(x):
    return "x" * 3_000_000
