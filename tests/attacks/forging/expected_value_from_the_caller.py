# Tries: to read the expected value from the bytecode of whoever called
# Must end: wrong_answer, exception
# Fools: a checker in the program's own process

import dis
import sys


def solve(x):
    caller = sys._getframe(1)
    for instruction in dis.get_instructions(caller.f_code):
        if instruction.offset > caller.f_lasti and instruction.opname == "LOAD_CONST":
            return instruction.argval
    return None
