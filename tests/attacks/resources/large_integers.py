# Tries: integers with billions of digits
# Must end: timeout, memory_limit
# On: A+

def solve(x):
    return 10 ** (10**10) > 9 ** (10**10)
