"""Many tests at once: p-values that still mean what one of them alone would."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray


def holm(p_values: ArrayLike) -> FloatArray:
    """Holm's adjusted p-values, in the order given.

    p_values: shape (tests,), each in [0, 1]; no tests give an empty array. StatisticsError otherwise.
    Rejecting where the adjusted p is at most α makes any false rejection among all tests at most α
    likely, however the tests depend on each other. Sorted p(1) ≤ … ≤ p(m) become the running maximum of
    min(1, (m - i + 1) p(i)).
    Source: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statistics 6.
    """
    values = np.asarray(p_values, dtype=np.float64)
    if values.ndim != 1:
        raise StatisticsError(f"p-values of shape {values.shape}: a plain list of tests is needed.")
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise StatisticsError("A p-value lies in [0, 1].")
    order = np.argsort(values, kind="stable")
    factors = np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * values[order]))
    return adjusted
