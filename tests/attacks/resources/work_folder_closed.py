# Tries: to close the work folder to the programs that follow
# Must end: wrong_answer, forbidden

import os

os.chmod(os.getcwd(), 0)


def solve(x):
    return 0
