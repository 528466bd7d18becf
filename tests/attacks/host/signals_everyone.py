# Tries: to signal every process that it may
# Must end: wrong_answer, exception

import os
import signal


def solve(x):
    try:
        os.kill(-1, signal.SIGCONT)
    except OSError:
        return None
    return "REACHED"
