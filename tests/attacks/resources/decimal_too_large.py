# Tries: to answer with decimals that need gigabytes to be compared or hashed
# Must end: output_limit

import decimal


def solve(x):
    return {decimal.Decimal("1E+999999999"): decimal.Decimal("9E-999999999")}
