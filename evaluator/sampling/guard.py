"""The guard: what a site may call on behalf of its users, decided on one reading of the address.

An address is refused three times over: by its spelling (`target_of`), by its port, and by what its name
resolves to at the moment of connecting (`network.py`), where the very address that was checked is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self

from evaluator.errors import EndpointRefused, InputError
from evaluator.sampling.addresses import Address, Network, is_inside, is_public, network_of

MAX_URL_CHARACTERS = 500
# Services that would take an HTTP request for orders of their own, or that are nobody's model.
_SERVICES = """
1433 1521 1723 2049 2181 2375 2376 2379 2380 3128 3306 3389 3659 4045 4190 5060 5061 5432 5672 5900 5984
6000 6379 6443 6566 6665 6666 6667 6668 6669 6697 7000 7001 9042 9092 9100 9200 9300 10080 10250 10255
11211 15672 25672 27017 50000
"""
CLOSED_PORTS = frozenset(range(1024)) - {80, 443} | frozenset(map(int, _SERVICES.split()))
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~@:+-]*)*)",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far calls may go: the public internet by https, and besides what the operator names.

    `networks`: private or local ones that may be called, by http as well.
    """

    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """From a setting such as "127.0.0.1, 10.1.0.0/16". Raises InputError that names the bad part."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        try:
            return cls(tuple(network_of(part) for part in parts))
        except ValueError as error:
            raise InputError(f"Not an address or a network: {error}. Write it as 10.1.0.0/16.") from error

    def allows(self, address: Address, scheme: str) -> bool:
        """Whether this address may be called by this scheme."""
        if is_inside(address, self.networks):
            return True
        return scheme == "https" and is_public(address)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `host` is a name in ASCII, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The host where it is an IP address itself."""
        try:
            return IPv6Address(self.host) if ":" in self.host else IPv4Address(self.host)
        except AddressValueError:
            return None

    @property
    def host_header(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return shown if self.port == usual else f"{shown}:{self.port}"


def target_of(url: str, reach: Reach) -> Target:
    """The one reading of an address that everything else goes by.

    Raises EndpointRefused for what is odd, ambiguous or closed by itself. No message repeats the address:
    it may hold a key.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise EndpointRefused(f"The address is longer than {MAX_URL_CHARACTERS} characters.")
    found = _URL.fullmatch(url)
    if found is None:
        raise EndpointRefused(_why_not(url))
    scheme, path = found["scheme"].lower(), found["path"].rstrip("/")
    if any(part in (".", "..") for part in path.split("/")):
        raise EndpointRefused("The address must not hold /./ or /../ in its path.")
    host = _host_of(found["host"])
    port = int(found["port"]) if found["port"] else {"http": 80, "https": 443}[scheme]
    if port > 65535 or port in CLOSED_PORTS:
        raise EndpointRefused(f"Port {port} is not one that models answer on; it is closed here.")
    target = Target(scheme, host, port, path)
    if target.literal is not None:
        check(target.literal, scheme, reach)
    return target


def check(address: Address, scheme: str, reach: Reach) -> None:
    """Raises EndpointRefused unless this address may be called. The message doesn't name the address."""
    if reach.allows(address, scheme):
        return
    if scheme == "http" and is_public(address):
        raise EndpointRefused("The address must begin with https:// so that nobody on the way reads the key.")
    raise EndpointRefused(
        "The address leads to a private, local or reserved network, which this site may not call. "
        "Its operator can allow networks by name."
    )


def _host_of(text: str) -> str:
    """The host, if there is only one way to read it. Raises EndpointRefused."""
    if text.startswith("["):
        try:
            return str(IPv6Address(text[1:-1]))
        except AddressValueError:
            raise EndpointRefused("What stands in brackets is no IPv6 address.") from None
    labels = text.split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise EndpointRefused("The host's name is not one that DNS knows; it must not end in a full stop.")
    if _NUMBER.fullmatch(labels[-1]):
        # Octal, hexadecimal and short forms are read in several ways; only a.b.c.d is read in one.
        try:
            return str(IPv4Address(text))
        except AddressValueError:
            raise EndpointRefused("An IPv4 address must be written as four decimal numbers.") from None
    return text.lower()


def _why_not(url: str) -> str:
    """What is wrong with an address that doesn't match, said without repeating it."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return "The address must begin with https:// (or http:// for a network that the operator allows)."
    if "?" in rest or "#" in rest:
        return "The address must have no ? and no #: a key belongs into the field for keys."
    if "@" in rest.split("/")[0]:
        return "The address must hold no user name and no password: a key belongs into the field for keys."
    if not rest.isascii():
        return "The address must be in ASCII; write an international name in its xn-- form."
    return "The address is not of the form https://host[:port][/path]."
