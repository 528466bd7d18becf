# Tries: to become root in a user namespace of its own
# Must end: forbidden

import ctypes

ctypes.CDLL(None).unshare(0x10000000 | 0x00020000)
