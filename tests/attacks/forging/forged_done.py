# Tries: to say "done" without one answer
# Must end: crashed

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0d\0\0\0\0")
    except OSError:
        continue
os._exit(0)
