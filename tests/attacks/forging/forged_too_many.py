# Tries: to send more answers than there are calls
# Must end: forbidden, wrong_answer

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0" + b"v\x01\0\0\0T" * 1000)
    except OSError:
        continue
os._exit(0)
