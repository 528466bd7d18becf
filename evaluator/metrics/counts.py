"""The one gate through which counts of samples enter a statistic."""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluator.errors import StatisticsError

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_SAMPLES = 2_000_000  # per problem; as many as a sample file may hold lines


def checked_counts(n: ArrayLike, c: ArrayLike) -> tuple[IntArray, IntArray]:
    """Samples drawn and samples passed, as two int64 arrays of one shape.

    n, c: integers, shape (problems,) or (runs, problems); either may be a single number for all.
    Raises StatisticsError where a problem has no sample, c < 0, c > n, or a count is no integer.
    """
    drawn, passed = np.broadcast_arrays(_integers(n, "n"), _integers(c, "c"))
    if drawn.size == 0:
        raise StatisticsError("No problems given: a figure over no problems does not exist.")
    if drawn.min() < 1:
        raise StatisticsError(f"n = {drawn.min()}: every problem needs at least one sample; leave it out.")
    if drawn.max() > MAX_SAMPLES:
        raise StatisticsError(f"n = {drawn.max()} samples of one problem; at most {MAX_SAMPLES} are handled.")
    if passed.min() < 0:
        raise StatisticsError(f"c = {passed.min()}: a count of passed samples is never negative.")
    if (passed > drawn).any():
        where = int(np.argmax((passed > drawn).ravel()))
        raise StatisticsError(
            f"c = {passed.ravel()[where]} > n = {drawn.ravel()[where]} at position {where}: "
            "more samples passed than were drawn."
        )
    return drawn, passed


def checked_k(k: SupportsIndex, n: IntArray) -> int:
    """k as an int. Raises StatisticsError unless 1 <= k <= min(n): outside, pass@k has no estimate."""
    try:
        value = operator.index(k)
    except TypeError:
        raise StatisticsError(f"k = {k!r} is not an integer.") from None
    if isinstance(k, bool | np.bool_) or value < 1:
        raise StatisticsError(f"k = {k!r}: k is an integer of at least 1.")
    least = int(n.min())
    if value > least:
        raise StatisticsError(
            f"pass@{value} does not exist with n = {least} samples of a problem: draw at least {value}."
        )
    return value


def checked_fraction(value: float, name: str) -> float:
    """A number strictly between 0 and 1, such as a confidence level; StatisticsError otherwise."""
    if not 0.0 < value < 1.0:
        raise StatisticsError(f"{name} = {value!r} must lie strictly between 0 and 1.")
    return float(value)


def _integers(counts: ArrayLike, name: str) -> IntArray:
    array = np.asarray(counts)
    if array.size and array.dtype.kind not in "iu":
        raise StatisticsError(f"{name} must hold integers, not {array.dtype}.")
    return array.astype(np.int64)
