# Tries: to find the sources of other programs in the evaluator's own objects
# Must end: wrong_answer, exception

import gc


def solve(x):
    mark = b"honest " + b"program"
    for found in gc.get_objects():
        for name in ("inbox", "answers", "control", "source"):
            value = getattr(found, name, None)
            if isinstance(value, (bytes, bytearray)) and mark in value:
                return "REACHED"
    return None
