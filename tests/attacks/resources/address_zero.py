# Tries: to crash the interpreter by reading address 0
# Must end: crashed

import ctypes

ctypes.string_at(0)
