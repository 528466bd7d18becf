# Tries: to keep the judge busy with one long frame that comes byte by byte
# Must end: output_limit, timeout, forbidden
# On: A+

import os


def solve(x):
    channel = [number for number in range(3, 16) if is_open(number)][-1]
    os.write(channel, b"v\0\0\x10\0")
    while True:
        os.write(channel, b"T")


def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
