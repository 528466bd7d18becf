"""Messages that may quote a program: one printable line of bounded length."""

from __future__ import annotations

_CHARACTERS = 200


def one_line(message: str) -> str:
    """The message without what a terminal or page could take for more than text."""
    cut = message[:_CHARACTERS]
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)
