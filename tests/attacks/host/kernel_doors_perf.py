# Tries: to watch other processes by performance counters
# Must end: forbidden

import ctypes
import os

ctypes.CDLL(None).syscall({"x86_64": 298, "aarch64": 241}[os.uname().machine], bytes(128), 0, -1, -1, 0)
