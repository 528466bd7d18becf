# Tries: to write outside of its folder: libraries, the evaluator, system folders
# Must end: wrong_answer

import os
import sys

FOLDERS = "/", "/etc", "/dev", "/dev/shm", "/var/tmp", "/usr/lib", "CANARY_FOLDER", "CHECKOUT", *sys.path


def solve(x):
    for folder in FOLDERS:
        try:
            with open(folder + "/written-by-a-sample", "w") as file:
                file.write("x")
        except OSError:
            continue
        os.unlink(folder + "/written-by-a-sample")
        return "REACHED " + folder
    return None
