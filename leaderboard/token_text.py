"""The text of an API token: how it is made, recognised, and turned into what the database keeps of it."""

from __future__ import annotations

import hashlib
import secrets

# Scanners for leaked secrets, and people, know by it what they see.
PREFIX = "pb_"
_RANDOM_BYTES = 32
_SHOWN = len(PREFIX) + 6


def new_text() -> str:
    """A fresh token: the prefix and 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def digest_of(text: str) -> str:
    """SHA-256 in hex. Nothing slower is needed: 256 random bits can't be guessed from their hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def beginning_of(text: str) -> str:
    """The part that lists show, so that people tell their tokens apart."""
    return text[:_SHOWN]
