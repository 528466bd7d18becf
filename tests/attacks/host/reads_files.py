# Tries: to read files of the machine and of the one who runs the evaluator
# Must end: wrong_answer

import glob
import os

PATHS = "CANARY_FILE", "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/cmdline", "/proc/self/maps"


def solve(x):
    for path in (*PATHS, "CHECKOUT/manage.py", os.path.expanduser("~/.bash_history"), "/dev/mem", "/dev/kmsg"):
        try:
            with open(path, "rb") as file:
                return "REACHED " + path + repr(file.read(20))
        except OSError:
            continue
    return None
