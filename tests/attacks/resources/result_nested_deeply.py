# Tries: to answer with lists in lists, a hundred thousand deep
# Must end: wrong_answer

def solve(x):
    nested = []
    for number in range(100_000):
        nested = [nested]
    return nested
