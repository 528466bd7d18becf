# Tries: to enter the namespaces of another process
# Must end: forbidden, exception

import ctypes
import os

handle = os.open("/dev/null", os.O_RDONLY)
ctypes.CDLL(None).setns(handle, 0)
