# Tries: to break the judge by records of exceptions that are no such records
# Must end: exception

import os

for handle in range(3, 64):
    try:
        os.write(handle, b"l\0\0\0\0e\x09\0\0\0t\x04\0\0\0NNNN" + b"e\x01\0\0\0T")
    except OSError:
        continue
os._exit(0)
