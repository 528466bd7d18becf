# Tries: to reach a host outside, by name and by address, and to listen
# Must end: wrong_answer

import socket
import urllib.request


def solve(x):
    for reach in (
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=0.2),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=0.2),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
        lambda: socket.socket().bind(("127.0.0.1", 0)),
        lambda: socket.socket(socket.AF_UNIX).bind("socket"),
    ):
        try:
            reach()
        except OSError:
            continue
        return "REACHED"
    return None
