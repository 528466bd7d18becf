# Tries: to send well-formed frames of its own to every open file (loaded, three values, done) and to leave
# Must end: wrong_answer

import os

VALUE = b"v\x09\0\0\0i" + (730158441).to_bytes(8, "little")
for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0" + VALUE * 3 + b"d\0\0\0\0")
    except OSError:
        continue
os._exit(0)
