"""Bins of equal counts, as far as equal values allow."""

from __future__ import annotations

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray


def equal_count_edges(rising: FloatArray, bins: int) -> list[int]:
    """Places at which bins begin, and the end: bin i holds rising[edges[i] : edges[i + 1]], never none.

    rising: sorted, shape (values,), at least one; bins >= 1, StatisticsError otherwise. Equal values share
    a bin, so fewer than `bins` may come back.
    """
    if bins < 1 or rising.size == 0:
        raise StatisticsError(f"{bins} bins of {rising.size} values: at least one of each is needed.")
    wanted = rising[np.arange(bins) * rising.size // bins]
    starts = np.unique(np.searchsorted(rising, wanted, side="left"))
    return [*starts.tolist(), rising.size]
