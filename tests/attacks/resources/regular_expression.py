# Tries: a regular expression that needs exponential time
# Must end: timeout
# On: A+

import re


def solve(x):
    return re.match(r"(a*)*(a|a)*b", "a" * 60)
