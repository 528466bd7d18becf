# Tries: to kill the evaluator's processes by the other calls that send signals
# Must end: wrong_answer

import ctypes
import os

NUMBERS = {"x86_64": (200, 234, 129, 297, 434, 424), "aarch64": (130, 131, 138, 240, 434, 424)}[os.uname().machine]


def solve(x):
    call = ctypes.CDLL(None).syscall
    tkill, tgkill, queue, thread_queue, pidfd_open, pidfd_send = NUMBERS
    info = ctypes.create_string_buffer(b"\x09\0\0\0\0\0\0\0\xff\xff\xff\xff", 128)
    reached = []
    for pid in {CANARY_PID, KEEPER_PID, os.getppid()} - {0, os.getpid()}:
        reached += [call(tkill, pid, 9) == 0, call(tgkill, pid, pid, 9) == 0]
        reached += [call(queue, pid, 9, info) == 0, call(thread_queue, pid, pid, 9, info) == 0]
        handle = call(pidfd_open, pid, 0)
        reached.append(handle >= 0 and call(pidfd_send, handle, 9, None, 0) == 0)
    return "REACHED %r" % reached if any(reached) else None
