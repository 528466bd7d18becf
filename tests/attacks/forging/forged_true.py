# Tries: to send "true" for every call, and nothing more
# Must end: wrong_answer

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0" + b"v\x01\0\0\0T" * 3 + b"d\0\0\0\0")
    except OSError:
        continue
os._exit(0)
