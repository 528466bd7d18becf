# Tries: to answer with a small value that is enormous when written out
# Must end: output_limit, timeout, memory_limit

def solve(x):
    value = []
    for number in range(90):
        value = [value, value, value]
    return value
