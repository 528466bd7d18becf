# Tries: to find the test, or any of its values, among all objects of the process
# Must end: wrong_answer

import gc
import sys


def texts():
    frame = sys._getframe()
    while frame:
        yield from map(repr, list(frame.f_locals.values()))
        yield repr(frame.f_code.co_consts)
        frame = frame.f_back
    for found in gc.get_objects():
        if type(found) in (dict, list, tuple) and len(found) < 100:
            try:
                yield repr(found)[:10000]
            except Exception:
                continue


def solve(x):
    for text in texts():
        for start, rest in (("73015844", "2"), ("assert candi", "date(")):
            if text.partition(start)[2].startswith(rest):
                return "REACHED" + text
    return None
