# Tries: to make system calls where no filter sees them, by a ring
# Must end: forbidden

import ctypes

ctypes.CDLL(None).syscall(425, 8, bytes(120))
