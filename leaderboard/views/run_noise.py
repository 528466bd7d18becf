"""How far a run's pass@1 could be off, from its problems and from its samples, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from evaluator.metrics import Noise, noise_split
from leaderboard.queries.runs import ProblemRow

_Z = 1.96  # a 95 % interval, in standard deviations
# Shares of the variance that more samples could take away: below the first they don't help, above the
# second they are what helps.
_LITTLE, _MUCH = 0.1, 0.5


def noise_strings(rows: Sequence[ProblemRow]) -> dict[str, Any] | None:
    """Both kinds of noise of pass@1 in points, and what they mean; None where nothing is scored.

    With one sample of some problem the two can't be told apart: then only that is said.
    """
    if len(_counted(rows)) < 2:
        return None
    noise = noise_of(rows)
    if noise is None:
        said = (
            "With one sample of a problem, bad luck can’t be told from a hard problem: two or more samples "
            "of each show how much of the interval more samples would take away."
        )
        return {"problems": "", "samples": "", "said": said}
    return {
        "problems": _points(noise.problem_sd),
        "samples": _points(noise.sample_sd),
        "said": _meaning(noise),
    }


def noise_of(rows: Sequence[ProblemRow]) -> Noise | None:
    """Both kinds of noise of pass@1; None where they can't be told apart."""
    counted = _counted(rows)
    if len(counted) < 2 or min(row.n for row in counted) < 2:
        return None
    return noise_split([row.n for row in counted], [row.c for row in counted])


def _counted(rows: Sequence[ProblemRow]) -> list[ProblemRow]:
    return [row for row in rows if row.scored and row.n]


def _meaning(noise: Noise) -> str:
    total, left = _points(noise.total_sd), _points(noise.problem_sd)
    if noise.total_sd == 0:
        return "Every problem is passed equally often, so neither kind of noise shows."
    if noise.sample_share < _LITTLE:
        return (
            f"More samples will not help: with endlessly many, {left} of the {total} points would remain. "
            "Only more problems make this figure more certain."
        )
    fourfold = _points(sqrt(noise.problem_sd**2 + noise.sample_sd**2 / 4))
    if noise.sample_share < _MUCH:
        return (
            f"More samples would help a little: four times as many would bring {total} points down to "
            f"{fourfold}, endlessly many to {left}."
        )
    return (
        f"More samples would help: four times as many would bring {total} points down to {fourfold}, "
        f"endlessly many to {left}."
    )


def _points(sd: float) -> str:
    return f"±{sd * _Z * 100:.1f}"
