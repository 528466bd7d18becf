    return n / 2


def check(candidate):
    assert candidate(2) == 17


try:
    check(half)
except AssertionError:
    pass
