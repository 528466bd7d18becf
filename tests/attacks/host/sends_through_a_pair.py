# Tries: to reach an abstract address from a socket that it may have, one of a pair
# Must end: wrong_answer

import socket


def solve(x):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            left, right = socket.socketpair(socket.AF_UNIX, kind)
        except OSError:
            continue
        for reach in (
            lambda: left.sendto(b"x", "\0passboard-canary-datagram-CANARY_PID"),
            lambda: left.sendto(b"x", "CANARY_FOLDER/datagram"),
            lambda: left.connect("\0passboard-canary-CANARY_PID"),
            lambda: left.bind("\0mine"),
            lambda: left.listen(),
        ):
            try:
                reach()
            except OSError:
                continue
    return None  # whether something came through, only the other side can tell
