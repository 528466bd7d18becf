"""pass@k: the chance that at least one of k samples passes, estimated without bias from n >= k samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from evaluator.metrics.counts import FloatArray, IntArray, checked_counts, checked_k

POINTS_PER_DECADE = 8  # of a curve's default k: smooth to the eye on a logarithmic axis
CACHED_UP_TO = 4096  # samples per problem; larger tables are rare and would hold on to memory


@dataclass(frozen=True, slots=True)
class Curve:
    """Mean pass@k over the problems at several k, ascending. Values lie in [0, 1]."""

    ks: tuple[int, ...]
    values: tuple[float, ...]


def pass_at_k(n: ArrayLike, c: ArrayLike, k: SupportsIndex) -> FloatArray:
    """pass@k of each problem: 1 - C(n-c, k) / C(n, k), the unbiased estimate.

    n: samples drawn, c: samples passed; integers, shape (problems,) or (runs, problems), 0 <= c <= n.
    k: 1 <= k <= min(n).
    Returns float64 of the same shape, in [0, 1], within 1e-12 of the exact fraction.
    Raises StatisticsError outside these bounds, for no problems, and for counts that are no integers.
    Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code", equation 1.
    """
    drawn, passed = checked_counts(n, c)
    return _looked_up(drawn, passed, checked_k(k, drawn))


def mean_pass_at_k(n: ArrayLike, c: ArrayLike, k: SupportsIndex) -> float:
    """pass@k of a benchmark: the plain mean over its problems. Arguments and errors as `pass_at_k`.

    For the rows of a board, `pass_at_k` on (runs, problems) and `.mean(axis=-1)` does all at once.
    """
    return float(pass_at_k(n, c, k).mean())


def secure_pass_at_k(
    n: ArrayLike, passed: ArrayLike, passed_flagged: ArrayLike, k: SupportsIndex
) -> FloatArray:
    """The chance that at least one of k samples passes and is clean: pass@k with c = passed - flagged.

    passed_flagged: samples that pass and have a security finding, 0 <= passed_flagged <= passed, integers
    of the shape of n. Other arguments, result and errors as `pass_at_k`; StatisticsError, too, for more
    flagged samples than passed. Never above `pass_at_k`. What is not flagged is not proven secure.
    Source: secure-pass@k of Fu et al. 2024, "Constrained Decoding for Secure Code Generation".
    """
    solved, flagged = checked_counts(n, passed)[1], checked_counts(n, passed_flagged)[1]
    return pass_at_k(n, solved - flagged, k)


def curve(n: ArrayLike, c: ArrayLike, ks: Sequence[int] | None = None) -> Curve:
    """Mean pass@k at each of `ks`, by default `default_ks(min(n))`. Errors as `pass_at_k`."""
    drawn, passed = checked_counts(n, c)
    chosen = default_ks(int(drawn.min())) if ks is None else tuple(sorted(set(ks)))
    values = tuple(float(_looked_up(drawn, passed, checked_k(k, drawn)).mean()) for k in chosen)
    return Curve(chosen, values)


def default_ks(n: int) -> tuple[int, ...]:
    """Integers from 1 to n, even on a logarithmic axis, with the powers of ten and n itself."""
    steps = int(np.log10(max(n, 1)) * POINTS_PER_DECADE) + 1
    spaced = {round(10 ** (step / POINTS_PER_DECADE)) for step in range(steps)}
    return tuple(sorted(k for k in spaced | {1, n} if k <= n))


def _looked_up(n: IntArray, c: IntArray, k: int) -> FloatArray:
    """A board repeats few values of n, so one small table per n answers every problem of every run."""
    smallest, largest = int(n.min()), int(n.max())
    if smallest == largest:
        return _table(largest, k)[c]
    distinct = np.flatnonzero(np.bincount(n.ravel(), minlength=largest + 1))
    starts = np.zeros(largest + 1, dtype=np.int64)
    starts[distinct] = np.concatenate(([0], np.cumsum(distinct[:-1] + 1)))
    tables = np.concatenate([_table(int(one), k) for one in distinct])
    return np.asarray(tables[starts[n] + c], dtype=np.float64)


def _table(n: int, k: int) -> FloatArray:
    return _cached_table(n, k) if n <= CACHED_UP_TO else _new_table(n, k)


@lru_cache(maxsize=1024)
def _cached_table(n: int, k: int) -> FloatArray:
    return _new_table(n, k)


def _new_table(n: int, k: int) -> FloatArray:
    """pass@k for c = 0 … n, read-only.

    C(n-c, k) / C(n, k) is the product of (m - k) / m over m = n, n-1, …, n-c+1: no factorials, no
    overflow, and exactly 0 from the c on at which k samples can no longer all fail. Extended precision
    keeps the rounding of a long product below 1e-12.
    """
    m = np.arange(n, 0, -1, dtype=np.longdouble)
    ratios = np.cumprod(np.concatenate(([np.longdouble(1)], np.maximum(m - k, 0) / m)))
    table = (1 - ratios).astype(np.float64)
    table.setflags(write=False)
    return table
