"""Cells of a matrix as one SVG path per colour step: a few kB where a rectangle per cell takes 500."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.metrics.counts import FloatArray, IntArray

# Upper ends of the steps between "none passes" and "all pass".
_BETWEEN = (0.2, 0.4, 0.6, 0.8)
STEPS = len(_BETWEEN) + 3
STEP_WORDS = ("0", "up to 20", "20–40", "40–60", "60–80", "above 80", "100")
_NOTHING = -1


@dataclass(frozen=True, slots=True)
class StepPath:
    """All cells of one colour step. `d`: horizontal strokes, 1 high and as wide as cells of equal step."""

    step: int
    d: str


def steps_of(rates: FloatArray) -> IntArray:
    """The colour step of each rate, of the same shape: 0 for 0, STEPS - 1 for 1, -1 for NaN.

    Rates between 0 and 1 have steps of their own, so that "never" and "always" are told from "nearly".
    """
    known = np.nan_to_num(rates, nan=0.5)
    steps = 1 + np.searchsorted(_BETWEEN, known, side="left")
    steps = np.where(known <= 0.0, 0, np.where(known >= 1.0, STEPS - 1, steps))
    return np.where(np.isnan(rates), _NOTHING, steps).astype(np.int64)


def step_paths(rates: FloatArray) -> list[StepPath]:
    """The paths of a matrix of rates, shape (rows, columns), in units of cells; empty steps are left out.

    Row r is stroked along y = r + 0.5, with a stroke 1 wide.
    """
    steps = steps_of(rates)
    if not steps.size:
        return []
    starts = np.ones(steps.shape, dtype=np.bool_)
    starts[:, 1:] = steps[:, 1:] != steps[:, :-1]
    rows, columns = np.nonzero(starts)
    step = steps[rows, columns]
    # A stretch ends where the next one of its row begins, the last one at the row's end.
    ends = np.append(columns[1:], steps.shape[1])
    ends[np.append(rows[1:] != rows[:-1], True)] = steps.shape[1]
    return [
        StepPath(number, _path(rows[step == number], columns[step == number], ends[step == number]))
        for number in range(STEPS)
        if (step == number).any()
    ]


def _path(rows: IntArray, starts: IntArray, ends: IntArray) -> str:
    """Each stretch drawn from where the one before it ended: small numbers, which compress well.

    The same few moves come again and again, so that each is made into text once.
    """
    lengths = ends - starts
    moves = np.column_stack([starts[1:] - ends[:-1], rows[1:] - rows[:-1], lengths[1:]])
    base = int(max(ends.max(), rows.max())) + 1  # every number of a move lies between -base and base
    codes = ((moves[:, 0] + base) * base + moves[:, 1]) * base + moves[:, 2]
    _, places, order = np.unique(codes, return_index=True, return_inverse=True)
    texts = np.array([f"m{dx} {dy}h{length}" for dx, dy, length in moves[places].tolist()], dtype=object)
    first = f"M{int(starts[0])} {int(rows[0])}.5h{int(lengths[0])}"
    return first + "".join(texts[order].tolist())
