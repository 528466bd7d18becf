# Tries: to get capabilities: by capset, ambient sets, securebits, and to use one
# Must end: wrong_answer

import ctypes
import os

libc = ctypes.CDLL(None)
HEADER = (ctypes.c_uint32 * 2)(0x20080522, 0)
EVERY = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
NUMBERS = {"x86_64": (125, 126), "aarch64": (90, 91)}[os.uname().machine]


def solve(x):
    libc.syscall(NUMBERS[1], HEADER, EVERY)
    for option, first, second in ((47, 2, 21), (28, 0xFF, 0), (8, 1, 0), (24, 0, 0)):
        libc.prctl(option, first, second, 0, 0)
    held = (ctypes.c_uint32 * 6)()
    libc.syscall(NUMBERS[0], HEADER, held)
    return "REACHED" if held[0] or held[1] or held[3] or held[4] else None
