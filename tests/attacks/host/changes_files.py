# Tries: to close, empty, rename, replace or redate a file by its name alone
# Must end: wrong_answer

import os

PATH = "CANARY_FILE"
CHANGES = (
    lambda: os.chmod(PATH, 0),
    lambda: os.truncate(PATH, 0),
    lambda: os.utime(PATH, (1, 1)),
    lambda: os.chown(PATH, os.getuid(), os.getgid()),
    lambda: os.rename(PATH, PATH + "2"),
    lambda: os.replace(PATH, "stolen"),
    lambda: os.unlink(PATH),
    lambda: os.link(PATH, "linked"),
    lambda: os.setxattr(PATH, "user.x", b"1"),
    lambda: os.open(PATH, os.O_WRONLY | os.O_TRUNC),
    lambda: os.open(PATH, os.O_PATH) and os.chmod("/proc/self/fd/3", 0),
    lambda: os.mkdir("CANARY_FOLDER/new"),
    lambda: os.rmdir("CANARY_FOLDER/inner"),
    lambda: os.symlink("x", "CANARY_FOLDER/link"),
    lambda: os.mkfifo("CANARY_FOLDER/fifo"),
)


def solve(x):
    for number, change in enumerate(CHANGES):
        try:
            change()
        except OSError:
            continue
        return "REACHED by change %d" % number
    return None
