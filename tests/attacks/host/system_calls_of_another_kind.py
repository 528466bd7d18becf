# Tries: to get past the filter by the system call numbers of the x32 kind
# Must end: crashed, forbidden, wrong_answer

import ctypes
import os

X32 = 0x40000000
if os.uname().machine == "x86_64":
    ctypes.CDLL(None).syscall(X32 | 41, 2, 1, 0)


def solve(x):
    return 0
