# Tries: to find files or environment that earlier programs left
# Must end: wrong_answer

import os

KNOWN = {"mine", "message", "math.py", ".hidden", "script", "large", "file0", "d"}


def solve(x):
    found = set(listed(".")) | KNOWN & {*listed("/tmp"), *listed("/var/tmp"), *listed("/dev/shm")}
    return "REACHED " + repr(found) if found else None


def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
