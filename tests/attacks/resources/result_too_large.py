# Tries: to answer with more than it may
# Must end: output_limit, memory_limit, timeout

def solve(x):
    return "x" * (1 << 28)
