"""Tokens drawn from a causal language model, one step for all rows at a time.

Written out, and not asked of `transformers.generate`: each row has a seed of its own, so that the i-th
completion is the same whatever is drawn beside it; stop sequences end a row; and the log-probabilities of
the drawn tokens are added up as they come, where `generate` keeps those of the whole vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

SPARE_TOKENS = 8  # beside a stop sequence's own bytes: a character may take several tokens


@dataclass(frozen=True, slots=True)
class Rules:
    """How tokens are drawn and when a row ends."""

    temperature: float
    top_p: float
    max_tokens: int
    stop: tuple[str, ...]
    ends: frozenset[int]  # tokens that end a text

    @property
    def window(self) -> int:
        """So many last tokens can hold a whole stop sequence."""
        return max((len(stop.encode()) for stop in self.stop), default=0) + SPARE_TOKENS


@dataclass(slots=True)
class Row:
    """One completion that is being drawn. `logprobs`: of the model itself, before temperature and top_p."""

    seed: int | None
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish_reason: str = ""
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)


def decode(
    model: Any, prompt: Sequence[int], rows: list[Row], rules: Rules, text_of: Callable[[list[int]], str]
) -> None:
    """Draws all rows to their ends. `text_of` turns tokens into text, to look for stop sequences."""
    with torch.inference_mode():
        _steps(model, prompt, rows, rules, text_of)
    for row in rows:
        row.finish_reason = row.finish_reason or "length"


def _steps(
    model: Any, prompt: Sequence[int], rows: list[Row], rules: Rules, text_of: Callable[[list[int]], str]
) -> None:
    given = torch.tensor([list(prompt)] * len(rows), device=model.device)
    past = None
    for _ in range(rules.max_tokens):
        said = model(input_ids=given, past_key_values=past, use_cache=True)
        past = said.past_key_values
        logprobs = torch.log_softmax(said.logits[:, -1, :].float(), dim=-1)
        chosen = _chosen(logprobs, rows, rules)
        values = logprobs.gather(1, chosen).squeeze(1).tolist()
        for row, token, value in zip(rows, chosen.squeeze(1).tolist(), values, strict=True):
            _take(row, token, value, rules, text_of)
        if all(row.finish_reason for row in rows):
            return
        given = chosen


def _chosen(logprobs: torch.Tensor, rows: list[Row], rules: Rules) -> torch.Tensor:
    """A column of tokens: the likeliest, or drawn from each row's nucleus by the row's own chance."""
    if rules.temperature == 0:
        return logprobs.argmax(dim=-1, keepdim=True)
    likely, order = torch.softmax(logprobs / rules.temperature, dim=-1).sort(dim=-1, descending=True)
    mass = likely.cumsum(dim=-1)
    likely = torch.where(mass - likely < rules.top_p, likely, torch.zeros_like(likely))
    mass = likely.cumsum(dim=-1)
    luck = torch.tensor([[row.chance.random()] for row in rows], device=mass.device, dtype=mass.dtype)
    place = (mass <= luck * mass[:, -1:]).sum(dim=-1, keepdim=True)
    last = (likely > 0).sum(dim=-1, keepdim=True) - 1  # rounding must not choose what has no chance
    return order.gather(1, torch.minimum(place, last))


def _take(row: Row, token: int, logprob: float, rules: Rules, text_of: Callable[[list[int]], str]) -> None:
    if row.finish_reason:
        return
    if token in rules.ends:
        row.finish_reason = "stop"
        return
    row.tokens.append(token)
    row.logprobs.append(logprob)
    if rules.stop:
        tail = text_of(row.tokens[-rules.window :])
        if any(stop in tail for stop in rules.stop):
            row.finish_reason = "stop"
