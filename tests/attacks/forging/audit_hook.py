# Tries: to break the evaluator's own code by a hook that refuses every audited event
# Must end: wrong_answer, exception, crashed

import sys


def refuse(event, arguments):
    raise RuntimeError("refused")


def solve(x):
    sys.addaudithook(refuse)
    return 1
