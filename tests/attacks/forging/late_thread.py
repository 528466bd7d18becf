# Tries: to write well-formed answers from a thread while the evaluator sends its own
# Must end: forbidden, wrong_answer

import os
import threading


def late():
    while True:
        for handle in range(3, 16):
            try:
                os.write(handle, b"v\x01\0\0\0T")
            except OSError:
                continue


threading.Thread(target=late, daemon=True).start()


def solve(x):
    return 0
