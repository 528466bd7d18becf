# Tries: to answer once more after the end
# Must end: forbidden

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0d\0\0\0\0" + b"v\x01\0\0\0T" * 3)
    except OSError:
        continue
os._exit(0)
