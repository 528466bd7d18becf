# Tries: to take memory past the interpreter, mapped and shared
# Must end: exception, memory_limit, forbidden

import mmap

kept = []
while True:
    kept.append(mmap.mmap(-1, 1 << 28))
