"""What can go wrong with a server, on order: each fault spoils the next so many answers."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One way to spoil an answer."""

    kind: str  # "status" (see below), "slow", "cut", "empty", "drip", "html", "garbage", "redirect", "raw"
    status: int = 500
    times: int = 1
    after: int = 0  # so many sound answers come first
    seconds: float = 0.0  # slow: before the answer; drip: between bytes
    text: str = ""  # what is said; "raw": the whole body, as JSON
    headers: tuple[tuple[str, str], ...] = ()


class Faults:
    """The faults that are still to come, in order. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: deque[Fault | None] = deque()

    def order(self, given: dict[str, Any]) -> None:
        headers = tuple((str(name), str(value)) for name, value in given.pop("headers", []))
        fault = Fault(**given, headers=headers)
        with self._lock:
            self._next.extend([None] * fault.after + [fault] * fault.times)

    def clear(self) -> None:
        with self._lock:
            self._next.clear()

    def next(self) -> Fault | None:
        with self._lock:
            return self._next.popleft() if self._next else None


def spoil(handler: BaseHTTPRequestHandler, fault: Fault, body: bytes) -> None:
    """Answers as the fault wants; `body` is what a sound answer would have been."""
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        send(handler, 200, body, fault)
    elif fault.kind == "status":
        send(handler, fault.status, fault.text.encode(), fault)
    elif fault.kind == "raw":
        send(handler, 200, fault.text.encode(), fault)
    elif fault.kind == "html":
        send(handler, fault.status, b"<!doctype html><title>Sign in</title>", fault, "text/html")
    elif fault.kind == "garbage":
        send(handler, 200, b"\x00\xff{not json", fault)
    elif fault.kind == "redirect":
        send(handler, 307, b"", fault)
    else:
        _break_off(handler, fault, body)


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    fault: Fault | None = None,
    kind: str = "application/json",
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in fault.headers if fault else ():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _break_off(handler: BaseHTTPRequestHandler, fault: Fault, body: bytes) -> None:
    """ "empty": no answer at all; "cut": half of one; "drip": one byte at a time."""
    handler.close_connection = True
    if fault.kind == "empty":
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if fault.kind == "cut":
        handler.wfile.write(body[: len(body) // 2])
        return
    for byte in body:
        handler.wfile.write(bytes((byte,)))
        time.sleep(fault.seconds)
