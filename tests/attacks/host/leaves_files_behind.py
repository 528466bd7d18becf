# Tries: to leave a message, a module and a link for the programs that follow
# Must end: wrong_answer

import os

for name in ("message", "math.py", "sitecustomize.py", ".hidden"):
    with open(name, "w") as file:
        file.write("solve = None")
os.symlink("CANARY_FILE", "numpy")
kept = open("unlinked", "w")
os.unlink("unlinked")


def solve(x):
    return 0
