# Tries: to run machine code and scripts from its work folder
# Must end: wrong_answer

import os


def solve(x):
    with open("script", "w") as file:
        file.write("#!/bin/sh\nexit 0\n")
    with open("python", "wb") as file:
        file.write(b"\x7fELF" + bytes(100))
    for run in (
        lambda: os.chmod("script", 0o700),
        lambda: os.execv("./script", ["script"]),
        lambda: os.execv("./python", ["python"]),
        lambda: os.posix_spawn("./script", ["script"], {}),
    ):
        try:
            run()
        except OSError:
            continue
    return None
