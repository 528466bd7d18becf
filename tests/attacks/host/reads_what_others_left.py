# Tries: to find files or environment that earlier programs left
# Must end: wrong_answer

import os


def solve(x):
    found = [name for folder in (".", "/tmp", "/var/tmp") if os.access(folder, os.R_OK) for name in listed(folder)]
    return "REACHED " + repr(found) if found else None


def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
