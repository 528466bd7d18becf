# Tries: to answer with a set whose members all have the same hash
# Must end: timeout, wrong_answer, output_limit
# On: A+

PRIME = (1 << 61) - 1


def solve(x):
    return {number * PRIME for number in range(19_000)}
