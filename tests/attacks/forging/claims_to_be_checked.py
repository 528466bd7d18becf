# Tries: to bring a check of its own that is satisfied with everything
# Must end: wrong_answer

def check(candidate):
    return True


def solve(x):
    return True


check.__name__ = "solve"
__test__ = {"solve": check}
