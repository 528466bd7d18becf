# Tries: to write to every open file from a destructor while the interpreter is torn down
# Must end: wrong_answer, forbidden

import os


class Late:
    def __del__(self):
        for handle in range(3, 16):
            try:
                os.write(handle, b"v\x01\0\0\0T" * 10)
            except OSError:
                continue


keep = Late()


def solve(x):
    global keep
    keep = None
    return Late() and 0
