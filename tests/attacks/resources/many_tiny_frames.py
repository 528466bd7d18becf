# Tries: to keep the judge busy with millions of well-formed frames, one per write
# Must end: forbidden, output_limit, timeout

import os

while True:
    for handle in range(3, 10):
        try:
            os.write(handle, b"l\0\0\0\0")
        except OSError:
            continue
