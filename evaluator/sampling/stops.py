"""Stop sequences: what the server is sent, and the cut that we make ourselves."""

from __future__ import annotations

from collections.abc import Sequence


def cut(text: str, stops: Sequence[str]) -> str:
    """`text` before the first occurrence of any stop sequence.

    Servers differ: some leave the stop sequence in, some take four of them and ignore the others.
    """
    ends = [place for stop in stops if (place := text.find(stop)) >= 0]
    return text[: min(ends)] if ends else text


def sendable(stops: Sequence[str], at_most: int) -> list[str]:
    """Those stop sequences that a server which takes `at_most` is sent: the first ones."""
    return list(stops[: max(0, at_most)])
