# Tries: to wait for ever for itself, with every signal blocked
# Must end: timeout
# On: A+

import signal
import threading

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
lock = threading.Lock()
lock.acquire()
lock.acquire()
