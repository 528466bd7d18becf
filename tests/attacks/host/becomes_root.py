# Tries: to get back the user ids that it had
# Must end: wrong_answer

import os


def solve(x):
    before = os.getresuid()
    for change in (
        lambda: os.setuid(0),
        lambda: os.setresuid(0, 0, 0),
        lambda: os.setreuid(65534, 0),
        lambda: os.seteuid(0),
        lambda: os.setgroups([0]),
        lambda: os.setgid(0),
    ):
        try:
            change()
        except OSError:
            continue
        if os.getresuid() != before:
            return "REACHED"
    return None
