"""Stores a scored run's counts where lists over many runs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leaderboard.models import RunCounts
from leaderboard.run_counts import CellCounts, pack_counts, table_of


def store_counts(run_id: int, cells: Iterable[Mapping[str, Any]]) -> None:
    """Replaces the run's row. `cells`: `problem__position`, `n`, `c` and `verdict_counts` of each."""
    counts = [
        CellCounts(cell["problem__position"], cell["n"], cell["c"], cell["verdict_counts"]) for cell in cells
    ]
    problems = max((cell.position + 1 for cell in counts), default=0)
    RunCounts.objects.update_or_create(
        run_id=run_id, defaults={"data": pack_counts(table_of(counts, problems))}
    )
