# Tries: to load a program into the kernel
# Must end: forbidden

import ctypes
import os

ctypes.CDLL(None).syscall({"x86_64": 321, "aarch64": 280}[os.uname().machine], 0, bytes(64), 64)
