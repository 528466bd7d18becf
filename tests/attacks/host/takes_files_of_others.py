# Tries: to take over a file that the evaluator has open
# Must end: wrong_answer

import ctypes


def solve(x):
    call = ctypes.CDLL(None).syscall
    PIDFD_OPEN, PIDFD_GETFD = 434, 438
    for handle in range(16):
        if call(PIDFD_GETFD, handle, 3, 0) >= 0:
            return "REACHED"
    return "REACHED" if call(PIDFD_OPEN, KEEPER_PID, 0) >= 0 else None
