# Tries: to set the clock and the machine's name
# Must end: wrong_answer

import socket
import time


def solve(x):
    for change in (
        lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
        lambda: socket.sethostname("sample"),
    ):
        try:
            change()
        except OSError:
            continue
        return "REACHED"
    return None
