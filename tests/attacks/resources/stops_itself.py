# Tries: to stop its own process
# Must end: timeout, wrong_answer
# On: A+ B

import os
import signal


def solve(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0
