# Tries: to make the evaluator's own code report that everything is done
# Must end: crashed, forbidden, wrong_answer, exception

import os
import sys

frame = sys._getframe()
while frame:
    if "_write" in frame.f_globals:
        frame.f_globals["_write"] = lambda channel, data: os.write(channel, b"d\0\0\0\0") and len(data)
    frame = frame.f_back


def solve(x):
    return 1
