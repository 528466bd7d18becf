# Tries: to load a kernel module
# Must end: forbidden

import ctypes
import os

ctypes.CDLL(None).syscall({"x86_64": 175, "aarch64": 105}[os.uname().machine], bytes(64), 64, b"")
