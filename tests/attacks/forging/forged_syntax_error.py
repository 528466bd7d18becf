# Tries: to be excused: claims that it could not be compiled, then answers
# Must end: forbidden

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"c\x01\0\0\0N")
    except OSError:
        continue


def solve(x):
    return True
