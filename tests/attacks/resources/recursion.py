# Tries: endless recursion
# Must end: exception

def solve(x):
    return solve(x)
