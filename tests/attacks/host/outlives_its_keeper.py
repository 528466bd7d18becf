# Tries: to no longer die when its parent dies
# Must end: timeout
# On: A+ B

import ctypes
import signal
import time

ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
time.sleep(1000)
