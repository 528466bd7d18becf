# Tries: to answer with an iterator that never ends
# Must end: wrong_answer, output_limit

import itertools


def solve(x):
    return itertools.count()
