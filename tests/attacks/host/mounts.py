# Tries: to mount a file system
# Must end: forbidden

import ctypes

ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None)
