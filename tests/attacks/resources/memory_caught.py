# Tries: to live on with all memory taken, deaf to MemoryError
# Must end: memory_limit, timeout, crashed
# On: A+

kept = []
while True:
    try:
        while True:
            kept.append(bytearray(1 << 22))
    except MemoryError:
        continue
