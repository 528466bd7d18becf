# Tries: to learn the names of the machine's users
# Must end: wrong_answer

import os
import pwd


def solve(x):
    try:
        return "REACHED " + pwd.getpwuid(os.getuid()).pw_name if os.path.exists("/etc/passwd") and pwd.getpwall() else None
    except (KeyError, OSError):
        return None
