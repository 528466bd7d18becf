"""A connection to a server that breaks: forwards so many bytes of a request, then hangs up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """`budgets`: bytes that each connection may send, one after the other; then any number."""

    address: str
    budgets: list[int] = field(default_factory=list)
    sent: int = 0  # bytes that were forwarded to the server
    connections: int = 0


@contextmanager
def cutting(server: str, budgets: list[int]) -> Iterator[Proxy]:
    host, _, port = server.removeprefix("http://").rpartition(":")
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", list(budgets))

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            proxy.connections += 1
            budget = proxy.budgets.pop(0) if proxy.budgets else None
            upstream = socket.create_connection((host, int(port)))
            threading.Thread(target=_upward, args=(client, upstream, budget, proxy), daemon=True).start()
            threading.Thread(target=_downward, args=(upstream, client), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _upward(client: socket.socket, upstream: socket.socket, budget: int | None, proxy: Proxy) -> None:
    with suppress(OSError):
        while data := client.recv(65_536):
            kept = data if budget is None else data[:budget]
            upstream.sendall(kept)
            proxy.sent += len(kept)
            if budget is not None:
                budget -= len(kept)
                if len(kept) < len(data) or budget <= 0:
                    break
    _hang_up(client, upstream)


def _downward(upstream: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while data := upstream.recv(65_536):
            client.sendall(data)
    _hang_up(upstream, client)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
