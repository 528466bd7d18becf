# Tries: to replace the evaluator's own encoder and sender with ones that say "correct"
# Must end: wrong_answer, exception, forbidden, crashed

import gc
import types

for found in gc.get_objects():
    if isinstance(found, types.FunctionType) and found.__module__.startswith("evaluator"):
        found.__globals__["encode"] = lambda value, limit: b"T"
        found.__globals__["_loads"] = lambda raw: ((), {})


def solve(*arguments):
    return True
