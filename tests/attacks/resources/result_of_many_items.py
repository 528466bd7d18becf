# Tries: to answer with more items than can be compared
# Must end: output_limit

def solve(x):
    return [None] * 300_000
