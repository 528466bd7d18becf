"""What the made-up models may write for one problem: distinct texts, working and broken."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from evaluator.demo_samples.garbled import garbled
from evaluator.demo_samples.hazards import insecure
from evaluator.demo_samples.omissions import omissions
from evaluator.demo_samples.reference import Edit, Reference, applied
from evaluator.demo_samples.rewrites import normalised, rewrites
from evaluator.demo_samples.slips import slips
from evaluator.problem_sets.secure_tasks import insecure_solution
from evaluator.records import Problem

WORKING, INSECURE, SUBTLE, CRUDE = 12, 2, 26, 12  # at most so many texts of each sort
LURE = "insecure solution"  # of a problem that was made to lure into one
SECOND_EDIT = 0.35  # share of the subtle mistakes that also carry a rewrite or another mistake


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion. `kind` names what was done to the reference; `reference` where nothing was."""

    text: str
    kind: str


@dataclass(frozen=True)
class Menu:
    """Candidates for one problem; no text occurs twice. The first that works is the reference itself."""

    working: tuple[Candidate, ...]
    insecure: tuple[Candidate, ...]
    subtle: tuple[Candidate, ...]
    crude: tuple[Candidate, ...]
    difficulty: float  # in logits, about 0 ± 2


@lru_cache(maxsize=1024)
def menu(problem: Problem, seed: int) -> Menu:
    """The menu of a problem, the same for every made-up model. ProblemSetError without a usable reference."""
    reference = Reference(problem)
    rng = Random(f"{seed}/menu/{problem.task_id}")
    chooser = _Chooser(reference, rng)
    groups = list(rewrites(reference))
    chooser.take("reference", reference.body)
    chooser.take("normalised", normalised(reference))
    working = chooser.filled(WORKING, lambda: _several(rng, groups, 1, 3))
    kept = list(insecure(reference))
    lure = insecure_solution(problem)
    if lure is not None:
        chooser.take(LURE, lure)
    careless = chooser.filled(1 if lure else INSECURE, lambda: rng.choice(kept) if kept else ())
    mistakes = [*slips(reference), *omissions(reference)]
    subtle = chooser.filled(SUBTLE, lambda: _mistaken(rng, mistakes, groups))
    broken = [(edit,) for edit in garbled(reference, rng)]
    rng.shuffle(broken)
    crude = chooser.filled(CRUDE, lambda: broken.pop() if broken else ())
    return Menu(working, careless, subtle, crude, _difficulty(reference, rng))


def _difficulty(reference: Reference, rng: Random) -> float:
    """Longer solutions are harder, and beyond that problems differ for no visible reason."""
    length = sum(1 for _ in ast.walk(reference.function))
    return max(-2.0, min(2.0, (length - 65) / 30)) * 1.1 + rng.gauss(0.0, 2.2)


def _several(rng: Random, groups: list[tuple[Edit, ...]], least: int, most: int) -> tuple[Edit, ...]:
    chosen = rng.sample(groups, min(len(groups), rng.randint(least, most)))
    return tuple(edit for group in chosen for edit in group)


def _mistaken(rng: Random, mistakes: list[Edit], groups: list[tuple[Edit, ...]]) -> tuple[Edit, ...]:
    if not mistakes:
        return ()
    # Kind first: a body has dozens of names to confuse and one return to forget.
    kind = rng.choice(sorted({edit.kind for edit in mistakes}))
    edit = rng.choice([one for one in mistakes if one.kind == kind])
    if rng.random() > SECOND_EDIT:
        return (edit,)
    more = rng.choice(groups) if rng.random() < 0.5 else (rng.choice(mistakes),)
    return (edit, *more)


class _Chooser:
    """Collects distinct texts. Several tries per text, since edits may overlap or repeat."""

    def __init__(self, reference: Reference, rng: Random) -> None:
        self._reference = reference
        self._rng = rng
        self._seen: set[str] = set()
        self._taken: list[Candidate] = []

    def take(self, kind: str, text: str | None) -> None:
        if text is not None and text not in self._seen:
            self._seen.add(text)
            self._taken.append(Candidate(text, kind))

    def filled(self, most: int, draw: Callable[[], tuple[Edit, ...]]) -> tuple[Candidate, ...]:
        """Up to `most` candidates, those already taken included; then it starts afresh."""
        for _ in range(3 * most):
            if len(self._taken) >= most:
                break
            edits = draw()
            if edits:
                self.take(
                    " + ".join(dict.fromkeys(e.kind for e in edits)), applied(self._reference.body, edits)
                )
        taken, self._taken = tuple(self._taken), []
        return taken
