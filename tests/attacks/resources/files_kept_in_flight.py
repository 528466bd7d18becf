# Tries: to keep more open files than allowed, inside messages between sockets
# Must end: exception, timeout, wrong_answer, forbidden

import array
import socket

left, right = socket.socketpair()
for number in range(100_000):
    inner = socket.socketpair()
    handles = array.array("i", [one.fileno() for one in inner])
    left.setblocking(False)
    left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)])
