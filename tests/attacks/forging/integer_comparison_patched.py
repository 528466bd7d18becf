# Tries: to make every int equal every other by writing over the slot of the type in memory
# Must end: wrong_answer, crashed, forbidden, exception, output_limit
# Fools: a checker in the program's own process

import ctypes

SLOT = 25 * ctypes.sizeof(ctypes.c_void_p)
COMPARE = ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)
always = COMPARE(lambda left, right, how: True)


def patched(kind):
    ctypes.c_void_p.from_address(id(kind) + SLOT).value = ctypes.cast(always, ctypes.c_void_p).value


def solve(x):
    patched(int)
    patched(str)
    patched(float)
    return 0 if x == 7 else "" if x == "key" else 0.0
