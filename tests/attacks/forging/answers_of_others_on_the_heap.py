# Tries: to find what an earlier, correct program answered, or its source, in the memory of its own process
# Must end: wrong_answer, timeout

import ctypes
import gc
import os

PAGE = 4096
reading, writing = os.pipe()


def pages():
    """Of the heap, and a megabyte around everything that the garbage collector knows."""
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_void_p
    top = libc.sbrk(0)
    around = {id(found) >> 20 for found in gc.get_objects()}
    around |= {(top >> 20) - back for back in range(48)}
    for megabyte in sorted(around):
        for page in range(megabyte << 20, (megabyte + 1) << 20, PAGE):
            try:
                os.write(writing, (ctypes.c_char * PAGE).from_address(page))
            except OSError:
                continue  # nothing there
            yield os.read(reading, PAGE)


def follows(text, start, rest):
    """Whether `start` is followed by these bytes: together they never stand in this program's own memory."""
    place = text.find(start)
    while place >= 0:
        after = place + len(start)
        if list(text[after : after + len(rest)]) == rest:
            return True
        place = text.find(start, place + 1)
    return False


def solve(x):
    for text in pages():
        if follows(text, b"i\x6a\x55\x85", [43, 0, 0, 0, 0]) or follows(text, b"honest progr", [97, 109]):
            return "REACHED"
    return None
