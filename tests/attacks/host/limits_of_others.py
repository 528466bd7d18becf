# Tries: to take the evaluator's processes their open files and memory by setting their limits
# Must end: wrong_answer

import os
import resource


def solve(x):
    for pid in {CANARY_PID, KEEPER_PID, os.getppid()} - {0, os.getpid()}:
        try:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3))
        except OSError:
            continue
        return "REACHED %d" % pid
    return None
