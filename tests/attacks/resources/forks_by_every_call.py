# Tries: to make a process by each system call that makes one
# Must end: wrong_answer

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {"x86_64": (57, 58, 56, 435), "aarch64": (220, 435)}[os.uname().machine]
SIGCHLD, NEWUSER, NEWPID, VM, VFORK, PARENT = 17, 0x10000000, 0x20000000, 0x100, 0x4000, 0x8000


def solve(x):
    for number in NUMBERS:
        for flags in (SIGCHLD, 0, NEWUSER | SIGCHLD, NEWPID | SIGCHLD, VM | VFORK | SIGCHLD, PARENT | SIGCHLD):
            pid = libc.syscall(number, ctypes.c_ulong(flags), 0, 0, 0, 0)
            if pid >= 0:
                return "REACHED by call %d, flags %x" % (number, flags)
    return None
