"""Stores a scored run's counts where lists over many runs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leaderboard.models import RunCounts
from leaderboard.run_counts import counts_of, pack_counts

CELL_COLUMNS = ("problem__position", "n", "c", "verdict_counts", "behaviours")


def store_counts(run_id: int, cells: Iterable[Mapping[str, Any]]) -> None:
    """Replaces the run's row. `cells`: CELL_COLUMNS of each."""
    data = pack_counts(counts_of(cells))
    RunCounts.objects.update_or_create(run_id=run_id, defaults={"data": data})
