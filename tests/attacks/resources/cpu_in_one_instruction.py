# Tries: to spend hours in one call of the interpreter, where no signal handler runs
# Must end: timeout, memory_limit
# On: A+

def solve(x):
    return 7 ** (7**8) % 10 + sum(range(10**15))
