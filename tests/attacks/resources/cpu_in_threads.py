# Tries: to hide its CPU time in threads while the main one sleeps
# Must end: timeout
# On: A+

import threading
import time


def burn():
    while True:
        pass


for number in range(4):
    threading.Thread(target=burn, daemon=True).start()


def solve(x):
    time.sleep(1000)
