# Tries: to take all memory in small pieces
# Must end: memory_limit, timeout
# On: A+

kept = []
while True:
    kept.append(bytearray(1 << 20))
