"""A server that nobody may reach, and a list of every address that this process really connects to."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_connected: list[str] | None = None


def _note(event: str, details: tuple[object, ...]) -> None:
    if event == "socket.connect" and _connected is not None:
        address = details[1]
        _connected.append(str(address[0]) if isinstance(address, tuple) else repr(address))


sys.addaudithook(_note)  # for good: Python has no way to take one off


@contextmanager
def connections() -> Iterator[list[str]]:
    """The addresses that the process connects to in here, as the system is told them."""
    global _connected
    _connected = []
    try:
        yield _connected
    finally:
        _connected = None


@dataclass
class Canary:
    """`port`: where it listens, on 127.0.0.1 and, where the machine has it, on ::1. `hits`: who came."""

    port: int = 0
    hits: list[str] = field(default_factory=list)


@contextmanager
def canary() -> Iterator[Canary]:
    one = Canary()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            one.hits.append(str(self.client_address))
            super().handle_one_request()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"choices": [{"text": "reached"}]}')

        def log_message(self, format: str, *args: object) -> None:
            pass

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler)]
    one.port = servers[0].server_port
    if has_ipv6():
        servers.append(_OnSix(("::1", one.port), Handler))
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield one
    for server in servers:
        server.shutdown()
        server.server_close()


class _OnSix(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
