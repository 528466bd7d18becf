# Tries: to read the evaluator's memory
# Must end: forbidden

import ctypes
import os

space = ctypes.create_string_buffer(64)
ctypes.CDLL(None).syscall({"x86_64": 310, "aarch64": 270}[os.uname().machine], KEEPER_PID, space, 1, space, 1, 0)
