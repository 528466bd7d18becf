# Tries: to find secrets of the one who runs the evaluator in environment and arguments
# Must end: wrong_answer

import ctypes
import os
import sys


def solve(x):
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    texts = repr((os.environ, os.environb, sys.argv, sys.orig_argv, libc.getenv(b"PASSBOARD_CANARY")))
    return "REACHED" + texts if "canary" in texts.lower() or "CHECKOUT" in sys.orig_argv else None
