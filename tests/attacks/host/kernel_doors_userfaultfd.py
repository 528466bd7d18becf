# Tries: to hold up the kernel in its own page faults
# Must end: forbidden

import ctypes
import os

ctypes.CDLL(None).syscall({"x86_64": 323, "aarch64": 282}[os.uname().machine], 0)
