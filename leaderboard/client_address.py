"""From which network address a request came: what limits are counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_HOME_PREFIX = 64  # of IPv6: what one customer gets


def client_address(request: HttpRequest) -> str:
    """The visitor's address; behind proxies (settings.PROXIES) the one that the outermost of them saw.

    Each proxy appends who it was asked by. What stands before that is the visitor's own word.
    """
    seen = [str(request.META.get("REMOTE_ADDR", ""))]
    if settings.PROXIES:
        told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        seen = [part.strip() for part in told if part.strip()][-settings.PROXIES :] or seen
    return seen[0]


def network_of(address: str) -> str:
    """The address, of IPv6 its /64: one visitor has billions of those."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ip_network((known, _HOME_PREFIX), strict=False))
