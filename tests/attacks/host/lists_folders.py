# Tries: to list folders of the machine
# Must end: wrong_answer

import os


def solve(x):
    for path in ("/etc", "/proc", "/sys", "/var", "/dev/shm", "CANARY_FOLDER", "CHECKOUT"):
        try:
            if found := os.listdir(path):
                return "REACHED " + path + repr(found[:3])
        except OSError:
            continue
    return None
