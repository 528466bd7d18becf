"""Which addresses a site that calls what its users name may call.

The networks are written out and not asked of `ipaddress.is_global`, whose answer changed with Python's
versions; both have to agree. Source: IANA's special-purpose address registries for IPv4 and IPv6, and
RFC 5214 (ISATAP).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, where clouds keep their secrets
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Only global unicast is open, so that mapped, compatible, NAT64, local and multicast ones are closed at once.
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",
        "3fff::/20",  # documentation
        "3ffe::/16",  # the old 6bone
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # the middle of an address whose end is an IPv4 address


def is_public(address: Address) -> bool:
    """Whether this is an ordinary address of the internet that leads to nothing inside of a network."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None or address not in _OPEN_V6 or not address.is_global:
        return False
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    return not any(address in network for network in _CLOSED_V6)


def network_of(text: str) -> Network:
    """The network or single address that an operator writes: "10.1.0.0/16", "127.0.0.1", "fd00::/8".

    Raises ValueError for anything else, host bits beside the prefix included.
    """
    return ip_network(text.strip())


def is_inside(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether one of the networks holds this very address; no other spelling of it counts."""
    scoped = isinstance(address, IPv6Address) and address.scope_id is not None
    return not scoped and any(address in network for network in networks)


def address_of(text: str) -> Address:
    """An address as the resolver gives it. Raises ValueError."""
    return ip_address(text)
