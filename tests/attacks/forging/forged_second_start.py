# Tries: to say twice that it was loaded, so that its own answers come before the real ones
# Must end: forbidden

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0")
    except OSError:
        continue


def solve(x):
    return 730158442
