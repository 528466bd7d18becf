# Tries: to find the checker's list of results in the frames below and to write "passed" into it
# Must end: exception
# Fools: a checker in the program's own process

import sys

frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if type(value) is list and not value:
            value.append("passed")
    frame = frame.f_back
raise ValueError("the list is written to already")
