# Tries: to lock and lease files that others need
# Must end: wrong_answer

import fcntl
import os


def solve(x):
    handle = os.open(os.__file__, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:
        return None
    return "REACHED"
