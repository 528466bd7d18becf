# Tries: to change what the evaluator's own code computes by replacing builtins under it
# Must end: wrong_answer, exception, crashed, forbidden

import builtins

builtins.len = lambda value: 0
builtins.issubclass = lambda kind, base: True
builtins.isinstance = lambda value, kind: True
builtins.hasattr = lambda value, name: True
builtins.type = lambda *arguments: int
builtins.next = lambda *arguments: 730158442


def solve(x):
    return object()
