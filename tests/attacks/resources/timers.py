# Tries: to disturb the evaluator's own code by timers that fire all the time
# Must end: wrong_answer, exception, timeout, crashed

import signal


def tick(number, frame):
    raise KeyboardInterrupt


signal.signal(signal.SIGALRM, tick)
signal.signal(signal.SIGVTALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.0001, 0.0001)


def solve(x):
    return list(range(100000))
