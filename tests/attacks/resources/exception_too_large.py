# Tries: to raise an exception with a message of 200 MB
# Must end: exception, memory_limit, timeout

def solve(x):
    raise ValueError("x" * 200_000_000)
