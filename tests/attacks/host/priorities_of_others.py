# Tries: to slow down others, or to get ahead of them
# Must end: wrong_answer

import os


def solve(x):
    for pid in (CANARY_PID, KEEPER_PID, os.getppid(), 0):
        for change in (
            lambda: os.setpriority(os.PRIO_PROCESS, pid, 19 if pid else -20),
            lambda: os.sched_setaffinity(pid, {0}),
            lambda: os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(99)),
        ):
            try:
                change()
            except OSError:
                continue
            return "REACHED %d" % pid
    return None
