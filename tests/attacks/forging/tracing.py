# Tries: to watch and change the frames of the evaluator by tracing and profiling hooks
# Must end: wrong_answer, exception

import sys


def trace(frame, event, argument):
    for name in list(frame.f_locals):
        if name in ("payload", "value", "result"):
            frame.f_locals[name] = b"T"
    return trace


frame = sys._getframe()
sys.settrace(trace)
sys.setprofile(trace)
while frame:
    frame.f_trace = trace
    frame = frame.f_back


def solve(x):
    return None
