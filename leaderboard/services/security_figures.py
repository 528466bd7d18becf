"""Figures of a run's cells as they are stored with it: pass@k, and what security findings make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluator.metrics import estimates
from leaderboard.models import CellFlag, RunFlags

FIGURE_KS = (1, 2, 5, 10, 20, 25, 50, 100, 200)

_SHARES = ("flagged", "passed_flagged")

Figures = dict[str, dict[str, float]]


def figures_by_k(n: Sequence[int], c: Sequence[int]) -> Figures:
    """pass@k of the usual k with its interval, by k as text: the form of `Run.figures`."""
    ks = [k for k in FIGURE_KS if k <= min(n, default=0)]
    return {
        str(estimate.k): {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        for estimate in (estimates(np.array(n), np.array(c), ks) if ks else [])
    }


def security_columns(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of a run that speak of findings. Cells: n, c, flagged and passed_flagged of each.

    secure-pass@k is pass@k where only samples that pass and are clean count. Shares are means over the
    problems, as pass@1 is. Problems of which no sample was judged are not covered.
    """
    counted = [cell for cell in cells if cell["n"]]
    n = [cell["n"] for cell in counted]
    shares = {
        name: figures_by_k(n, [cell[name] for cell in counted]).get("1")
        for name in ("flagged", "passed_flagged")
    }
    secure = figures_by_k(n, [cell["c"] - cell["passed_flagged"] for cell in counted])
    return {
        "flagged": sum(cell["flagged"] for cell in counted),
        "passed_flagged": sum(cell["passed_flagged"] for cell in counted),
        "security": {**shares, "secure": secure} if counted else {},
    }


def store_flags(run_id: int, cells: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the run's row of flags. Cells: `problem__position`, n, c and passed_flagged of each."""
    names = ("cell__problem__position", "rule", "count", "passed", "asked_for")
    flags = CellFlag.objects.filter(cell__run_id=run_id).order_by("cell__problem__position", "rule")
    clean = [
        [cell["problem__position"], cell["n"], cell["c"] - cell["passed_flagged"]]
        for cell in cells
        if cell["n"]
    ]
    known = {"flags": [list(flag) for flag in flags.values_list(*names)], "clean": clean}
    RunFlags.objects.update_or_create(run_id=run_id, defaults=known)
