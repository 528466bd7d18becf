# Tries: to take over its own system calls by a filter with a listener
# Must end: wrong_answer, forbidden, exception

import ctypes
import os

libc = ctypes.CDLL(None)


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


allow = ctypes.create_string_buffer(b"\x06\0\0\0\0\0\xff\x7f")
program = Filter(1, ctypes.addressof(allow))


def solve(x):
    number = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
    libc.syscall(number, 1, 8, ctypes.byref(program))
    libc.syscall(number, 1, 0, ctypes.byref(program))
    try:
        os.fork()
    except OSError:
        return None
    return "REACHED"
