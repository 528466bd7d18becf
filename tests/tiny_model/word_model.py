"""A Markov model of Python: how HumanEval's reference solutions go on after their last tokens.

It needs no package, is ready in a moment and remembers some functions better than others, so that cold it
solves about half of the problems and hot a few of them.
"""

from __future__ import annotations

import math
import random
import re
import zlib
from collections import Counter, defaultdict

from evaluator.problem_sets.catalog import load_benchmark
from tests.tiny_model.drawing import Drawn, Wish, choose

END = ""  # the token after which nothing comes
_TOKEN = re.compile(r"[A-Za-z_]+|[0-9]|\n| +|.", re.DOTALL)
_FUNCTION = re.compile(r"def (\w+)")
LENGTHS = (8, 5, 3, 1, 0)  # so many last tokens are looked at
DEPTH = 3  # contexts that have a say: the longest known one and the two below it
SHARE = 0.9  # of what is left of the probability, for the longer context

Context = tuple[str, ...]


class WordModel:
    """Counts of what follows the last 8, 5, 3, 1, 0 tokens, in all functions and in the one of this name.

    The longest context that is known has most of the probability, the shorter ones below it share the rest.
    """

    name = "tiny-words"

    def __init__(self) -> None:
        self._after: dict[Context, Counter[str]] = defaultdict(Counter)
        for problem in load_benchmark("humaneval").problems:
            self._learn(tokens_of(problem.prompt + problem.canonical_solution), problem.entry_point)

    def _learn(self, tokens: list[str], function: str) -> None:
        for place, token in enumerate([*tokens, END]):
            for context in contexts_of(tokens[max(0, place - LENGTHS[0]) : place]):
                self._after[context][token] += 1
            self._after[(*tokens[max(0, place - LENGTHS[0]) : place], function)][token] += 1

    def count(self, text: str) -> int:
        return len(tokens_of(text))

    def draw(self, wish: Wish) -> Drawn:
        chance = random.Random(wish.seed)
        functions = _FUNCTION.findall(wish.prompt)
        function = functions[-1] if functions else ""
        context = tokens_of(wish.prompt)
        tokens: list[str] = []
        logprobs: list[float] = []
        while len(tokens) < wish.max_tokens:
            likely = sorted(self._next(context, function).items())
            place = choose([math.log(p) for _, p in likely], wish.temperature, wish.top_p, chance)
            token, probability = likely[place]
            if token == END:
                return Drawn(tuple(tokens), tuple(logprobs), "stop")
            tokens.append(token)
            logprobs.append(math.log(probability))
            context.append(token)
            if any(stop in "".join(tokens) for stop in wish.stop):
                return Drawn(tuple(tokens), tuple(logprobs), "stop")
        return Drawn(tuple(tokens), tuple(logprobs), "length")

    def _next(self, context: list[str], function: str) -> dict[str, float]:
        """Probabilities of the next token; they sum up to 1."""
        last = (*context[-LENGTHS[0] :], function)
        known_ones = [self._after[one] for one in contexts_of(context) if one in self._after][:DEPTH]
        shares: dict[str, float] = defaultdict(float)
        left = 1.0
        if last in self._after:
            left -= _add(shares, self._after[last], memory_of(function))
        for known in known_ones:
            left -= _add(shares, known, left if known is known_ones[-1] else left * SHARE)
        return shares


def contexts_of(tokens: list[str]) -> list[Context]:
    """The last tokens in every length that there is, the longest first."""
    return [tuple(tokens[len(tokens) - length :]) for length in LENGTHS if length <= len(tokens)]


def _add(shares: dict[str, float], known: Counter[str], part: float) -> float:
    """Spreads `part` of the probability over what is known; returns it."""
    total = sum(known.values())
    for token, times in known.items():
        shares[token] += part * times / total
    return part


def memory_of(function: str) -> float:
    """How well a function of this name is remembered, from 0 to 1: the same in every process."""
    return zlib.crc32(function.encode()) % 100 / 100


def tokens_of(text: str) -> list[str]:
    return _TOKEN.findall(text)
