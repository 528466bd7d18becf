# Tries: to speak like the zygote: a message that this program ended well, to every open file
# Must end: forbidden

import os
import struct

END = struct.pack("<BiQ", 0, 0, 1) + b"l\0\0\0\0" + b"v\x01\0\0\0T" * 3 + b"d\0\0\0\0"
for number in range(8):
    for handle in range(0, 64):
        try:
            os.write(handle, struct.pack("<cII", b"e", number, len(END)) + END)
        except OSError:
            continue
os._exit(0)
