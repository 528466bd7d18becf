# Tries: to find files and sockets of the evaluator among its open ones
# Must end: wrong_answer

import os
import stat


def solve(x):
    for handle in range(256):
        try:
            kind = os.fstat(handle)
        except OSError:
            continue
        if stat.S_ISSOCK(kind.st_mode) or stat.S_ISDIR(kind.st_mode) or stat.S_ISREG(kind.st_mode):
            return "REACHED handle %d" % handle
        if not stat.S_ISFIFO(kind.st_mode) and not stat.S_ISCHR(kind.st_mode):
            return "REACHED handle %d" % handle
    return None
