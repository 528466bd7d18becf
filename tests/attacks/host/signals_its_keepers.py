# Tries: to kill the evaluator's processes and others, each by its number
# Must end: wrong_answer

import os
import signal


def solve(x):
    reached = []
    for pid in (CANARY_PID, KEEPER_PID, os.getppid()):
        if pid in (0, os.getpid()):
            continue
        for send in (os.kill, os.killpg):
            try:
                send(pid, signal.SIGKILL)
                reached.append(pid)
            except OSError:
                continue
    return "REACHED %r" % reached if reached else None
