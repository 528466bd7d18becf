# Tries: to open, make and command devices
# Must end: wrong_answer

import fcntl
import os
import stat

NAMES = "mem kmem kmsg tty console ptmx fuse kvm net/tun loop-control vda sda input/event0 userfaultfd"


def solve(x):
    for name in NAMES.split():
        for flags in (os.O_RDONLY, os.O_RDWR):
            try:
                os.open("/dev/" + name, flags)
            except OSError:
                continue
            return "REACHED " + name
    try:
        os.mknod("device", stat.S_IFCHR | 0o666, os.makedev(1, 1))
        return "REACHED mknod"
    except OSError:
        pass
    for handle in (0, 1, 2):
        try:
            fcntl.ioctl(handle, 0x5412, b"x")
            return "REACHED ioctl"
        except OSError:
            continue
    return None
