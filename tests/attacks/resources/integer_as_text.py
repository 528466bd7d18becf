# Tries: to have an integer of two million bits written out in decimal
# Must end: wrong_answer

def solve(x):
    return 1 << 2_000_000
