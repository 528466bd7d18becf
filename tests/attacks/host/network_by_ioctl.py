# Tries: to list the network's interfaces by ioctl on a socket that it may have
# Must end: wrong_answer

import array
import fcntl
import socket
import struct

left, right = socket.socketpair()


def solve(x):
    space = array.array("B", bytes(1024))
    request = struct.pack("iL", 1024, space.buffer_info()[0])
    try:
        if struct.unpack("iL", fcntl.ioctl(left.fileno(), 0x8912, request))[0]:
            return "REACHED"
    except OSError:
        return None
    return None
