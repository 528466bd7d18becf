# Tries: to keep memory in the kernel: pipes and sockets filled to the brim
# Must end: exception, timeout

import fcntl
import os
import socket

kept = []
while True:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, 1031, 1 << 20)
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, bytes(1 << 16))
    except BlockingIOError:
        pass
    left, right = socket.socketpair()
    left.setblocking(False)
    try:
        while True:
            left.send(bytes(1 << 16))
    except BlockingIOError:
        pass
    kept += [reading, writing, left, right]
