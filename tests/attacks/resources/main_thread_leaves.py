# Tries: to live on in a thread after its main thread has left
# Must end: timeout, crashed
# On: A+

import ctypes
import os
import threading
import time


def stay():
    while True:
        time.sleep(1)


threading.Thread(target=stay).start()
time.sleep(0.01)
ctypes.PyDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
