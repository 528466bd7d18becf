# Tries: to break the judge by exceptions named like its own
# Must end: exception

class Unanswered(BaseException):
    pass


class OffPlan(BaseException):
    calls = ()


def solve(x):
    raise (Unanswered if x == 7 else OffPlan)("CheckFailed")
