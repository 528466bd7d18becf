"""What a scored run's page tells beside its figures, and what takes longer to compute than a page may.

How pass@k goes on beyond the samples drawn, and what picking a sample by a number of the file would gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics import default_ks
from evaluator.metrics.counts import IntArray
from evaluator.metrics.extrapolate import LEAST_SAMPLES, REACH, extrapolate
from leaderboard.cell_blob import outcomes
from leaderboard.models import Run
from leaderboard.run_rankers import Point, RankerResult, points, ranker_results
from leaderboard.run_rankers import from_json as rankers_from_json

ROUND_KS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)  # that tables name
_CHUNK = 20  # blobs read at a time: the first one tells whether there is anything to rank by
_EXTRAPOLATED = 4096  # samples of a problem beyond which the fit is not made


@dataclass(frozen=True, slots=True)
class Beyond:
    """pass@k for more samples than were drawn, and how far off the same guess was on halves of them.

    `never` is the share of problems that the fit takes for unsolvable by this model.
    """

    points: tuple[Point, ...]
    never: float
    check_k: int
    predicted: float
    observed: float
    error: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """`beyond` is None where nothing can be said. `left_out`: numeric fields beyond MOST_RANKERS."""

    beyond: Beyond | None
    rankers: tuple[RankerResult, ...]
    left_out: int

    def as_json(self) -> dict[str, Any]:
        """The form of `RunAnalysis.data`."""
        return asdict(self)


def analysed(run: Run) -> Analysis:
    """The analysis of a scored run. Two queries; opens its blobs where its file gives numbers to rank by."""
    cells = run.cells.filter(n__gt=0).order_by("problem__position")
    counts = np.array(list(cells.values_list("n", "c")), dtype=np.int64).reshape(-1, 2)
    blobs = cells.values_list("blob", flat=True).iterator(chunk_size=_CHUNK)
    rankers = ranker_results(map(outcomes, blobs), int(counts[:, 0].min()) if len(counts) else 0)
    return Analysis(_beyond(counts[:, 0], counts[:, 1]), rankers.results, rankers.left_out)


def from_json(data: Mapping[str, Any]) -> Analysis:
    """The analysis of `as_json`. Raises TypeError or KeyError for data of another form."""
    beyond = data["beyond"]
    return Analysis(
        beyond=Beyond(**{**beyond, "points": points(beyond["points"])}) if beyond else None,
        rankers=rankers_from_json(data["rankers"]),
        left_out=data["left_out"],
    )


def _beyond(n: IntArray, c: IntArray) -> Beyond | None:
    if n.size < 2 or n.min() < LEAST_SAMPLES or n.max() > _EXTRAPOLATED:
        return None
    least = int(n.min())
    ks = sorted(k for k in {*default_ks(REACH * least), *ROUND_KS} if least < k <= REACH * least)
    try:
        found = extrapolate(n, c, ks)
    except StatisticsError:
        return None  # nothing passed: nothing is known of what further samples would do
    rows = zip(found.ks, found.values, found.lows, found.highs, strict=True)
    check = found.check
    return Beyond(
        points=tuple(Point(*row) for row in rows),
        never=found.never,
        check_k=check.ks[-1],
        predicted=check.predicted[-1],
        observed=check.observed[-1],
        error=check.error[-1],
    )
