# Tries: to write "passed" into every empty list that the garbage collector knows
# Must end: exception
# Fools: a checker in the program's own process

import gc

for found in gc.get_objects():
    if type(found) is list and not found:
        found.append("passed")


def solve(x):
    raise ValueError("every empty list says passed")
