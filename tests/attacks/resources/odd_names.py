# Tries: names that break who removes them: newlines, not UTF-8, leading dashes, links to themselves
# Must end: wrong_answer

import os

for name in (b"\n", b"-rf", b"\xff\xfe", b"x" * 255, b"...", b"*"):
    os.mkdir(name)
    os.close(os.open(name + b"/" + name, os.O_CREAT | os.O_WRONLY))
os.symlink("loop", "loop")
os.symlink("..", "up")
os.symlink("/", "root")


def solve(x):
    return 0
