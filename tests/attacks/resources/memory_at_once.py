# Tries: to take 64 GiB in one piece
# Must end: memory_limit

def solve(x):
    return len(bytearray(1 << 36))
