"""Slows down who tries out passwords, in three ways at once.

One name from one address: five failures, then a pause; nobody locks out somebody else so. Many names from
one network: thirty. One name from many networks: fifty, and then only browsers that signed in with this
name before may go on (`known_browser`), so that its owner is not locked out with the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leaderboard.client_address import network_of
from leaderboard.services.brakes import Brake

MOST_FAILURES = 5
MOST_OF_A_NETWORK = 30
MOST_OF_A_NAME = 50
PAUSE = timedelta(minutes=15)

_PAIR = Brake("sign-in", MOST_FAILURES, PAUSE)
_NETWORK = Brake("sign-in from a network", MOST_OF_A_NETWORK, PAUSE)
_NAME = Brake("sign-in with a name", MOST_OF_A_NAME, PAUSE)
OWN_PASSWORD = Brake("own password", 10, PAUSE)  # asked again of who is signed in
SIGN_UPS = Brake("sign-up from a network", 20, timedelta(hours=1))


def paused_until(address: str, name: str, *, known_browser: bool = False) -> datetime | None:
    """When this name may be tried from this address again; None if it may be now.

    `known_browser`: it signed in with this name before.
    """
    name = name.casefold()
    held = [_PAIR.held_until(address, name), _NETWORK.held_until(network_of(address))]
    if not known_browser:
        held.append(_NAME.held_until(name))
    return max((until for until in held if until), default=None)


def note_failure(address: str, name: str) -> None:
    """Counts a failure; each one starts the pause anew."""
    name = name.casefold()
    _PAIR.count(address, name)
    _NETWORK.count(network_of(address))
    _NAME.count(name)


def note_success(address: str, name: str) -> None:
    """Forgets the failures of this name from this address. Those of its network stay counted: else whoever
    has one account could try out the others."""
    _PAIR.forget(address, name.casefold())
