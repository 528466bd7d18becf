# Tries: to read and leave keys in the kernel's key rings
# Must end: forbidden

import ctypes
import os

ctypes.CDLL(None).syscall({"x86_64": 250, "aarch64": 219}[os.uname().machine], 0, -3, 1)
