# Tries: to leave its folder by symbolic links, "..", and open folders
# Must end: wrong_answer

import os

os.symlink("CANARY_FILE", "link")
os.symlink("/proc/1/root", "root")
os.mkdir("inner")


def solve(x):
    inner = os.open("inner", os.O_RDONLY)
    for path, folder in (
        ("link", None),
        ("root/etc/passwd", None),
        ("../" * 30 + "etc/passwd", None),
        ("../../../../../CANARY_FILE", inner),
        ("/proc/self/root/etc/passwd", None),
        ("/proc/self/cwd/../../etc/passwd", None),
    ):
        try:
            os.open(path, os.O_RDONLY, dir_fd=folder)
        except OSError:
            continue
        return "REACHED " + path
    return None
