# Tries: to open files by their handle instead of their name
# Must end: forbidden

import ctypes
import os

NUMBERS = {"x86_64": (303, 304), "aarch64": (264, 265)}[os.uname().machine]


def solve(x):
    handle = ctypes.create_string_buffer(b"\x80\0\0\0" + bytes(140))
    mount = ctypes.c_int()
    ctypes.CDLL(None).syscall(NUMBERS[0], -100, b"/", handle, ctypes.byref(mount), 0)
    return "REACHED"
