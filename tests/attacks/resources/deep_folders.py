# Tries: to nest folders deeper than anyone who removes them can follow
# Must end: output_limit, wrong_answer

import os

for number in range(700):
    os.mkdir("d" * 20)
    os.chdir("d" * 20)


def solve(x):
    return 0
