"""HTTP as far as sampling needs it: one question, one bounded answer, no redirects, proxies or cookies."""

from __future__ import annotations

import logging
import os
import ssl
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Self

import httpcore2

from evaluator.errors import EndpointBusy, EndpointRefused, SamplingError
from evaluator.sampling.guard import Reach, Target
from evaluator.sampling.network import GuardedBackend, Resolver, system_resolver, within

CONNECTIONS = 64
IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Caps:
    """What one question may cost."""

    connect_seconds: float = 10.0
    total_seconds: float = 600.0  # a model answers when it has drawn everything
    answer_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is posted to a path below the target's own. Only the path is in its `repr`."""

    path: str
    headers: tuple[tuple[bytes, bytes], ...] = field(repr=False)
    body: bytes = field(repr=False)
    answer_bytes: int = 1 << 20  # a sound answer isn't larger


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Header names are in lower case. Only the status is in its `repr`."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def has_type(self, name: str) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip().lower() == name


class Caller:
    """A pool of connections that reach no further than `reach`. For one process; threads may share it."""

    def __init__(
        self,
        reach: Reach,
        caps: Caps = Caps(),
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.reach, self.caps = reach, caps
        # A server may repeat the key in its headers, and httpcore2 writes headers to its log at DEBUG.
        logging.getLogger("httpcore2").setLevel(logging.INFO)
        context = tls or _trusted_here()
        self._pools = {
            scheme: httpcore2.ConnectionPool(
                ssl_context=context,
                max_connections=CONNECTIONS,
                keepalive_expiry=IDLE_SECONDS,
                network_backend=GuardedBackend(scheme, reach, resolver),
            )
            for scheme in ("http", "https")
        }

    def post(self, target: Target, question: Question) -> Answer:
        """Raises EndpointRefused or EndpointBusy where no answer comes.

        What is raised has no memory of the request: a traceback that shows variables shows no key.
        """
        try:
            with within(self.caps.total_seconds):
                return self._ask(target, question)
        except SamplingError as error:
            failure: SamplingError = error.with_traceback(None)
        except (httpcore2.TimeoutException, TimeoutError):
            failure = EndpointBusy(f"No full answer within {self.caps.total_seconds:g} seconds.")
        except httpcore2.ConnectError as error:
            failure = _not_connected(error)
        except (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError):
            failure = EndpointBusy("The connection was cut before the answer was complete.")
        except httpcore2.LocalProtocolError:
            failure = EndpointRefused("A header of the request can't be sent: it holds forbidden characters.")
        raise failure from None

    def _ask(self, target: Target, question: Question) -> Answer:
        caps = self.caps
        url = httpcore2.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=(target.path + question.path).encode(),
        )
        headers = [
            (b"host", target.host_header.encode()),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"identity"),  # nothing to unpack, so nothing that swells
            (b"content-type", b"application/json"),
            (b"user-agent", b"passboard"),
            *question.headers,
        ]
        limits = {
            "connect": caps.connect_seconds,
            "read": caps.total_seconds,
            "write": caps.total_seconds,
            "pool": caps.total_seconds,
        }
        pool = self._pools[target.scheme]
        with pool.stream(
            "POST", url, headers=headers, content=question.body, extensions={"timeout": limits}
        ) as response:
            body = _read(response, min(caps.answer_bytes, question.answer_bytes))
            return Answer(response.status, _headers(response), body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()


def shared_caller(reach: Reach) -> Caller:
    """The process's one caller of this reach; a forked child gets its own."""
    return _caller_of(os.getpid(), reach)


@lru_cache(maxsize=8)
def _caller_of(_process: int, reach: Reach) -> Caller:
    return Caller(reach)


@cache
def _trusted_here() -> ssl.SSLContext:
    """The system's authorities, or those of SSL_CERT_FILE; read once, which takes a while."""
    return httpcore2.default_ssl_context()


def _headers(response: httpcore2.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _read(response: httpcore2.Response, at_most: int) -> bytes:
    """The body, given up as soon as it is too large."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_stream():
        size += len(part)
        if size > at_most:
            raise EndpointRefused(f"The answer is larger than {at_most:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def _not_connected(error: httpcore2.ConnectError) -> SamplingError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return EndpointRefused(
                "The server's certificate is not valid for this name, or not trusted here."
            )
        if isinstance(cause, ssl.SSLError):
            return EndpointRefused("The server doesn't speak TLS on this port.")
        cause = cause.__cause__ or cause.__context__
    return EndpointBusy("The server can't be reached: its name has no address, or nothing answers there.")
