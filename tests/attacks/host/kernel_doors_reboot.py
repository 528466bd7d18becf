# Tries: to have the machine's restart key combination switched off
# Must end: forbidden

import ctypes

ctypes.CDLL(None).reboot(0)
