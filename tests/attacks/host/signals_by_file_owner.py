# Tries: to kill the evaluator's processes by making them the owner of a file that sends signals
# Must end: wrong_answer

import fcntl
import os
import socket
import struct
import time

left, right = socket.socketpair()
F_SETOWN, F_SETSIG, F_SETOWN_EX = 8, 10, 15


def solve(x):
    reached = []
    for pid in (CANARY_PID, KEEPER_PID, os.getppid()):
        for own in (
            lambda: fcntl.fcntl(left, F_SETOWN, pid),
            lambda: fcntl.fcntl(left, F_SETOWN_EX, struct.pack("ii", 1, pid)),
            lambda: fcntl.ioctl(left, 0x8901, struct.pack("i", pid)),
            lambda: fcntl.ioctl(left, 0x8902, struct.pack("i", pid)),
        ):
            try:
                own()
                fcntl.fcntl(left, F_SETSIG, 9)
                fcntl.fcntl(left, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                right.send(b"x")
                reached.append(pid)
            except OSError:
                continue
    time.sleep(0.01)
    return "REACHED %r" % reached if reached else None
