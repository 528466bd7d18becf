# Tries: to change the interpreter's own library, by name and through an open file (to what it is already)
# Must end: wrong_answer

import os


def solve(x):
    path = os.__file__
    handle = os.open(path, os.O_RDONLY)
    status = os.fstat(handle)
    times = (status.st_atime_ns, status.st_mtime_ns)
    for change in (
        lambda: os.fchmod(handle, status.st_mode),
        lambda: os.chmod(path, status.st_mode),
        lambda: os.utime(handle, ns=times),
        lambda: os.utime(path, ns=times),
        lambda: os.truncate(path, status.st_size),
        lambda: os.ftruncate(handle, status.st_size),
        lambda: os.rename(path, path),
        lambda: os.open(path, os.O_RDWR),
    ):
        try:
            change()
        except OSError:
            continue
        return "REACHED"
    return None
