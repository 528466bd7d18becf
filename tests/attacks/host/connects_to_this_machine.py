# Tries: to reach a service of this machine
# Must end: wrong_answer

import socket


def solve(x):
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", CANARY_PORT)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", CANARY_PORT)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", CANARY_PORT)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "CANARY_FOLDER/socket"),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0passboard-canary-CANARY_PID"),
        (socket.AF_UNIX, socket.SOCK_STREAM, "/run/docker.sock"),
        (socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
    ):
        try:
            socket.socket(family, kind).connect(address)
        except OSError:
            continue
        return "REACHED " + repr(address)
    return None
