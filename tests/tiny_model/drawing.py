"""What every tiny model gives: a distribution of the next token. How tokens are drawn from it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Wish:
    """What one completion is drawn by."""

    prompt: str
    max_tokens: int
    temperature: float
    top_p: float
    stop: tuple[str, ...]
    seed: int | None


@dataclass(frozen=True)
class Drawn:
    """Tokens, each with the natural logarithm of its probability before temperature and top_p."""

    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]
    finish_reason: str


class TinyModel(Protocol):
    name: str

    def draw(self, wish: Wish) -> Drawn: ...

    def count(self, text: str) -> int:
        """Tokens of a text."""


def choose(logprobs: Sequence[float], temperature: float, top_p: float, chance: random.Random) -> int:
    """The place of a token: the likeliest at temperature 0, otherwise drawn from the nucleus."""
    order = sorted(range(len(logprobs)), key=lambda place: -logprobs[place])
    if temperature == 0:
        return order[0]
    scaled = [math.exp((logprobs[place] - logprobs[order[0]]) / temperature) for place in order]
    nucleus, mass, wanted = 0, 0.0, top_p * sum(scaled)
    while nucleus < len(order) and (nucleus == 0 or mass < wanted):
        mass += scaled[nucleus]
        nucleus += 1
    return chance.choices(order[:nucleus], scaled[:nucleus])[0]
