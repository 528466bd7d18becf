# Tries: to crash the interpreter by bytecode of its own making
# Must end: crashed, exception, timeout

def solve(x):
    return x


solve.__code__ = solve.__code__.replace(co_code=bytes(range(1, 255, 2)) * 8, co_stacksize=1)
