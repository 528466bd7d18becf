# Tries: to overflow the compiler's stack while it runs
# Must end: crashed, exception, memory_limit, timeout

import ast


def solve(x):
    tree = ast.Constant(1)
    for number in range(300_000):
        tree = ast.UnaryOp(ast.USub(), tree)
    return eval(compile(ast.fix_missing_locations(ast.Expression(tree)), "x", "eval"))
