# Tries: to make the judge build sets of colliding members that it never had to build itself
# Must end: wrong_answer, output_limit
# On: A+

import os
import struct

PRIME = (1 << 61) - 1
COUNT = 8_000


def integer(number):
    raw = number.to_bytes(10, "little", signed=True)
    return b"I" + struct.pack("<I", len(raw)) + raw


value = b"S" + struct.pack("<I", COUNT) + b"".join(integer(number * PRIME) for number in range(COUNT))
for handle in range(3, 16):
    try:
        data = b"l\0\0\0\0" + b"v" + struct.pack("<I", len(value)) + value
        while data:
            data = data[os.write(handle, data) :]
    except OSError:
        continue
os._exit(0)
