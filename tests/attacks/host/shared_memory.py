# Tries: to share memory with other processes, by every way there is
# Must end: wrong_answer

import ctypes
import multiprocessing.shared_memory
import os

NUMBERS = {"x86_64": (29, 68, 240, 319), "aarch64": (194, 186, 180, 279)}[os.uname().machine]


def solve(x):
    call = ctypes.CDLL(None).syscall
    shmget, msgget, mq_open, memfd_create = NUMBERS
    if call(shmget, 4711, 4096, 0o1666) >= 0:
        return "REACHED shmget"
    if call(msgget, 4711, 0o1666) >= 0:
        return "REACHED msgget"
    if call(mq_open, b"queue", 0o102, 0o666, None) >= 0:
        return "REACHED mq_open"
    if call(memfd_create, b"x", 0) >= 0:
        return "REACHED memfd_create"
    try:
        multiprocessing.shared_memory.SharedMemory("passboard", create=True, size=4096)
    except OSError:
        return None
    return "REACHED shm_open"
