"""The matrix as its template, its script and its files want it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from leaderboard import formatting
from leaderboard.matrix_paths import STEP_WORDS, step_paths
from leaderboard.queries.matrix import Matrix
from leaderboard.queries.runs import Figure

# Above so many columns they are narrower than a pixel and a half, and edges on whole pixels would lie.
_CRISP_COLUMNS = 500
_ROOM_PIXELS = 8  # per column, where room was asked for
_ROWS_LOW = 40  # more rows are drawn lower
_HIGH, _LOW = 20, 14
_EASE_HEIGHT = 100


def drawing(matrix: Matrix, *, room: bool) -> dict[str, Any]:
    """The picture: its size in cells and pixels, a path per colour step, the problems' mean above."""
    rows, columns = len(matrix.runs), len(matrix.problems)
    low = rows > _ROWS_LOW
    return {
        "rows": rows,
        "columns": columns,
        "low": low,
        "height": rows * (_LOW if low else _HIGH),
        "width": columns * _ROOM_PIXELS if room else "",
        "crisp": columns <= _CRISP_COLUMNS or room,
        "paths": step_paths(matrix.rates),
        "legend": list(enumerate(STEP_WORDS)),
        "ease": _ease_path(matrix),
        "ease_height": _EASE_HEIGHT,
    }


def run_texts(matrix: Matrix, figures: Mapping[int, Figure]) -> list[dict[str, Any]]:
    """The rows' labels, and the table beside the picture."""
    return [
        {
            "name": run.model,
            "temperature": formatting.plain_number(run.temperature),
            "synthetic": run.synthetic,
            "address": reverse("run", args=[run.pk]),
            "title": f"{run.model}, T {formatting.plain_number(run.temperature)}, run {run.pk}",
            "figure": _figure(figures.get(run.pk)),
            "solved": matrix.solved[row],
            "alone": matrix.alone[row],
        }
        for row, run in enumerate(matrix.runs)
    ]


def numbers(matrix: Matrix) -> dict[str, Any]:
    """What the script says of a cell: names, and per run its samples (one number where all problems have
    as many) and those that pass, in the picture's order."""
    return {
        "runs": [[run.pk, run.model, formatting.plain_number(run.temperature)] for run in matrix.runs],
        "problems": [[problem.task_id, problem.entry_point] for problem in matrix.problems],
        "n": [row[0] if row and min(row) == max(row) else row for row in matrix.n.tolist()],
        "c": matrix.c.tolist(),
    }


def records(matrix: Matrix, figures: Mapping[int, Figure]) -> list[dict[str, Any]]:
    """A row per run, a column per problem with its pass rate as a fraction; empty without samples."""
    names = [problem.task_id for problem in matrix.problems]
    cells = [
        [c / n if n else None for c, n in zip(passed, drawn, strict=True)]
        for passed, drawn in zip(matrix.c.tolist(), matrix.n.tolist(), strict=True)
    ]
    return [
        {
            "run": run.pk,
            "model": run.model,
            "temperature": run.temperature,
            **_bounds(figures.get(run.pk)),
            **dict(zip(names, rates, strict=True)),
        }
        for run, rates in zip(matrix.runs, cells, strict=True)
    ]


RECORD = ("run", "model", "temperature", "pass@1", "pass@1_low", "pass@1_high")


def _bounds(figure: Figure | None) -> dict[str, float | None]:
    return {
        "pass@1": figure.value if figure else None,
        "pass@1_low": figure.low if figure else None,
        "pass@1_high": figure.high if figure else None,
    }


def _figure(figure: Figure | None) -> formatting.FigureText:
    return (
        formatting.figure_text(figure.value, figure.low, figure.high) if figure else formatting.MISSING_FIGURE
    )


def _ease_path(matrix: Matrix) -> str:
    """The mean pass rate of each problem as an area, from the easiest to the hardest."""
    if not matrix.problems:
        return ""
    heights = [round(_EASE_HEIGHT * (1 - ease), 1) for ease in matrix.ease.tolist()]
    steps = "".join(f"V{height:g}h1" for height in heights)
    return f"M0 {_EASE_HEIGHT}{steps}V{_EASE_HEIGHT}z"
