# Tries: to start other programs
# Must end: wrong_answer

import os
import subprocess
import sys


def solve(x):
    tried = (
        lambda: subprocess.run(["/bin/true"], check=True),
        lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], {}),
        lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
        lambda: 1 / os.waitstatus_to_exitcode(os.system("exit 0")) if os.system("exit 0") else None,
    )
    for start in tried:
        try:
            start()
        except (OSError, subprocess.SubprocessError, ValueError, ZeroDivisionError):
            continue
        return "REACHED" if start is not tried[-1] else None
    return None
