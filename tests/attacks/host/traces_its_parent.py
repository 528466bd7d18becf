# Tries: to attach to the evaluator as a debugger
# Must end: forbidden

import ctypes
import os

ATTACH = 16
ctypes.CDLL(None).syscall({"x86_64": 101, "aarch64": 117}[os.uname().machine], ATTACH, os.getppid(), 0, 0)
