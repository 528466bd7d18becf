# Tries: to answer with fractions of very large numbers
# Must end: output_limit, timeout

import fractions


def solve(x):
    return [fractions.Fraction((1 << 400_000) + number, (1 << 400_000) - 1 - number) for number in range(3)]
