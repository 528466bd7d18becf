"""Connections that reach no further than they may: names are resolved once, all answers are checked, and
the checked address is the one that is called. The name stays in TLS and in the Host header.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

from evaluator.errors import EndpointRefused
from evaluator.sampling.addresses import Address, address_of
from evaluator.sampling.guard import Reach, check

Resolver = Callable[[str, int], list[str]]  # host, port → every address that it has, as text
_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
_clock = threading.local()


def system_resolver(host: str, port: int) -> list[str]:
    """Every address that the system knows for a name. Raises OSError where there is none."""
    # As bytes: Python would put a str through its old IDNA, which reads some names as others.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything that this thread reads and writes in here has to end within this time, drip by drip."""
    _clock.until = time.monotonic() + seconds
    try:
        yield
    finally:
        del _clock.until


def _time_left(timeout: float | None) -> float | None:
    """The shorter one of a step's own limit and what is left of the whole."""
    until: float | None = getattr(_clock, "until", None)
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("no time left")
    return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens TCP connections to addresses that `reach` allows for `scheme`, and to no others."""

    def __init__(self, scheme: str, reach: Reach, resolver: Resolver) -> None:
        self._scheme, self._reach, self._resolver = scheme, reach, resolver
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises EndpointRefused if even one of the name's addresses is closed."""
        addresses = self._checked(host, port)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, timeout, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(addresses[-1], port, timeout, socket_options)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[_SocketOption] | None = None
    ) -> httpcore2.NetworkStream:
        raise EndpointRefused("Only TCP is called.")

    def _checked(self, host: str, port: int) -> list[Address]:
        try:
            addresses = [address_of(text) for text in self._resolver(host, port)]
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the name has no address") from error
        except ValueError:  # a scope that isn't ours, such as fe80::1%eth0 on old systems
            raise EndpointRefused("The name's address can't be read.") from None
        if not addresses:
            raise httpcore2.ConnectError("the name has no address")
        for address in addresses:
            check(address, self._scheme, self._reach)
        return addresses

    def _connect(
        self,
        address: Address,
        port: int,
        timeout: float | None,
        socket_options: Iterable[_SocketOption] | None,
    ) -> httpcore2.NetworkStream:
        stream = self._inner.connect_tcp(
            str(address), port, _time_left(timeout), socket_options=socket_options
        )
        return _TimedStream(stream)


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every step keeps to the time of the whole."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _time_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _time_left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, _time_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
