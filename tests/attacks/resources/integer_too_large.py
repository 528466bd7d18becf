# Tries: to answer with an integer of 24 million bits
# Must end: output_limit

def solve(x):
    return 1 << 24_000_000
