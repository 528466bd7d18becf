# Tries: to open raw, packet, netlink, vsock, alg, bluetooth and other sockets
# Must end: wrong_answer

import socket


def solve(x):
    for family in range(1, 46):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind)
            except OSError:
                continue
            return "REACHED family %d kind %d" % (family, kind)
    for family in (2, 10, 16, 40):
        try:
            socket.socketpair(family)
        except OSError:
            continue
        return "REACHED pair %d" % family
    return None
