# Tries: to send marks for values that are not plain data, bare and nested, and to leave
# Must end: wrong_answer

import os

OPAQUE = b"x\x03\0\0\0int"
for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0v\x0d\0\0\0l\x01\0\0\0" + OPAQUE + b"v\x08\0\0\0" + OPAQUE + b"d\0\0\0\0")
    except OSError:
        continue
os._exit(0)
