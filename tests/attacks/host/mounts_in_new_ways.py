# Tries: to mount by the newer system calls
# Must end: forbidden

import ctypes

FSOPEN = 430
ctypes.CDLL(None).syscall(FSOPEN, b"proc", 0)
