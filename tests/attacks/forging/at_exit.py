# Tries: to write to every open file when the interpreter ends
# Must end: wrong_answer

import atexit
import os


def late():
    for handle in range(3, 64):
        try:
            os.write(handle, b"d\0\0\0\0")
        except OSError:
            continue


atexit.register(late)


def solve(x):
    return 0
