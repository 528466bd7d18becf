# Tries: to flood every open file
# Must end: output_limit, timeout, forbidden

import os

while True:
    for handle in range(0, 16):
        try:
            os.write(handle, bytes(1 << 16))
        except OSError:
            continue
