# Tries: to kill its process group, to which the evaluator's processes may belong
# Must end: wrong_answer, crashed, forbidden

import os
import signal


def solve(x):
    os.kill(0, signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)
    return 0
