"""The settings of a model as tables, curves and files: temperature × k, and the best one for each k."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.urls import reverse

from evaluator.metrics import BestSetting
from leaderboard import formatting
from leaderboard.charts import ChartBox, Curve
from leaderboard.models import Benchmark, Run
from leaderboard.queries.model_settings import RunnerUp, Settings

_SURE = 0.95  # share of resamples from which on a setting is called the best
_POSSIBLE = 0.05  # and above which another one may be it
_BEST_LABEL = "best for each k"


def names_of(runs: Sequence[Run], settings: Settings) -> dict[int, str]:
    """What tells the runs apart, by run id: the temperature, then top_p, then the run's number."""
    by_id = {run.pk: run for run in runs}
    found = {pk: _temperature(by_id[pk]) for pk in settings.run_ids}
    found = {pk: _longer(name, found, f"top_p = {by_id[pk].top_p:g}" if by_id[pk].top_p else "")
             for pk, name in found.items()}  # fmt: skip
    return {pk: _longer(name, found, f"run {pk}") for pk, name in found.items()}


def grid_texts(settings: Settings, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The heat map's rows: a figure per k, how dark it is in its column's scale, whether it is the best."""
    figures = formatting.columns_aligned(_figures(settings))
    shades = _shades(settings.grid.values)
    return [
        {
            "name": names[pk],
            "address": reverse("run", args=[pk]),
            "cells": [
                {"figure": figure, "shade": shade, "best": one.run == place, "wins": _wins(one, place)}
                for figure, shade, one in zip(figures[place], shades[place], settings.best, strict=True)
            ],
        }
        for place, pk in enumerate(settings.run_ids)
    ]


def best_texts(settings: Settings, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """A row per k: the best setting, what choosing it is worth, and what else could be the best."""
    rows = []
    for one, second in zip(settings.best, settings.seconds, strict=True):
        honest = formatting.figure_text(one.value, one.low, one.high)
        rows.append(
            {
                "k": one.k,
                "name": names[settings.run_ids[one.run]],
                "address": reverse("run", args=[settings.run_ids[one.run]]),
                "wins": formatting.percent(one.wins[one.run], 0),
                "settling": _settling(one, second, names, settings),
                "others": _others(settings, one, names),
                "honest": honest,
                "naive": formatting.percent(one.naive),
            }
        )
    aligned = formatting.columns_aligned([[row["honest"]] for row in rows])
    return [row | {"honest": figures[0]} for row, figures in zip(rows, aligned, strict=True)]


def sentence(settings: Settings, names: Mapping[int, str]) -> str:
    """What the table of the best settings says, in one sentence."""
    winners = {names[settings.run_ids[one.run]] for one in settings.best}
    open_ks = [str(one.k) for one in settings.best if one.wins[one.run] < _SURE]
    first = (
        f"{next(iter(winners))} is the best for every k"
        if len(winners) == 1
        else "The best setting depends on k"
    )
    if not open_ks:
        return f"{first}; other problems of the kind would hardly change that."
    ks = "any k" if len(open_ks) == len(settings.best) else f"k = {', '.join(open_ks)}"
    return f"{first}; for {ks} these {settings.problems} problems do not settle which one it is."


def curves(settings: Settings, names: Mapping[int, str]) -> list[Curve]:
    """A curve per setting, and dashed what choosing the best one for each k is worth."""
    grid = settings.grid
    found = []
    for place, pk in enumerate(settings.run_ids):
        known = [column for column in range(len(grid.ks)) if not np.isnan(grid.values[place, column])]
        found.append(
            Curve(
                label=names[pk],
                ks=[grid.ks[column] for column in known],
                values=grid.values[place, known].tolist(),
                lows=grid.lows[place, known].tolist(),
                highs=grid.highs[place, known].tolist(),
                series=pk,
                address=reverse("run", args=[pk]),
            )
        )
    best = settings.best
    frontier = Curve(
        label=_BEST_LABEL,
        ks=[one.k for one in best],
        values=[one.value for one in best],
        lows=[None] * len(best),
        highs=[None] * len(best),
        series=5,  # grey: no run's
        guessed=True,
    )
    return [*found, frontier]


def frontier_box(
    benchmark: Benchmark, settings: Settings, names: Mapping[int, str], address: str
) -> ChartBox:
    """The chart of `curves` and the same as a table."""
    figures = zip(settings.run_ids, _figures(settings), strict=True)
    rows = [[names[pk], *map(str, row)] for pk, row in figures]
    honest = [str(formatting.figure_text(one.value, one.low, one.high)) for one in settings.best]
    return ChartBox(
        title=f"pass@k on {benchmark.name} by setting",
        note="dashed: the best setting for each k, read on problems that had no say in the choice",
        address=address,
        columns=["Setting", *(f"pass@{k}, %" for k in settings.grid.ks)],
        rows=[*rows, [_BEST_LABEL, *honest]],
    )


def best_records(settings: Settings, runs: Mapping[int, Run]) -> list[dict[str, Any]]:
    """The best setting for each k with raw values, for files."""
    return [
        {
            "k": one.k,
            "run": settings.run_ids[one.run],
            "temperature": runs[settings.run_ids[one.run]].temperature,
            "wins_share": one.wins[one.run],
            "pass@k": one.value,
            "pass@k_low": one.low,
            "pass@k_high": one.high,
            "own_pass@k": one.naive,
            "problems": settings.problems,
        }
        for one in settings.best
    ]


def cell_records(settings: Settings, runs: Mapping[int, Run]) -> list[dict[str, Any]]:
    """Every setting and k with raw values, for files."""
    grid = settings.grid
    return [
        {
            "run": pk,
            "temperature": runs[pk].temperature,
            "top_p": runs[pk].top_p,
            "k": k,
            "pass@k": float(grid.values[place, column]),
            "pass@k_low": float(grid.lows[place, column]),
            "pass@k_high": float(grid.highs[place, column]),
            "wins_share": settings.best[column].wins[place],
        }
        for place, pk in enumerate(settings.run_ids)
        for column, k in enumerate(grid.ks)
        if not np.isnan(grid.values[place, column])
    ]


def _figures(settings: Settings) -> list[list[formatting.FigureText]]:
    grid = settings.grid
    return [
        [_figure(*cell) for cell in zip(*row, strict=True)]
        for row in zip(grid.values, grid.lows, grid.highs, strict=True)
    ]


def _figure(value: float, low: float, high: float) -> formatting.FigureText:
    return formatting.MISSING_FIGURE if np.isnan(value) else formatting.figure_text(value, low, high)


def _shades(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[list[str]]:
    """Opacity of each cell, from the column's smallest value (none) to its largest (full)."""
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    scaled = (values - low) / np.where(high > low, high - low, 1.0)
    return [["" if np.isnan(cell) else f"{cell:.2f}" for cell in row] for row in scaled]


def _wins(one: BestSetting, place: int) -> str:
    return f"best at k = {one.k} in {formatting.percent(one.wins[place], 0)} % of resamples"


def _others(settings: Settings, one: BestSetting, names: Mapping[int, str]) -> str:
    possible = [
        (share, names[settings.run_ids[place]])
        for place, share in enumerate(one.wins)
        if share >= _POSSIBLE and place != one.run
    ]
    return ", ".join(f"{name} ({formatting.percent(share, 0)} %)" for share, name in sorted(possible)[::-1])


def _settling(one: BestSetting, second: RunnerUp | None, names: Mapping[int, str], settings: Settings) -> str:
    """What it takes to tell the best setting from the second one."""
    if one.wins[one.run] >= _SURE:
        return "settled"
    if second is None:
        return formatting.MISSING
    name = names[settings.run_ids[second.run]]
    behind = f"{name} is {second.behind * 100:.1f} behind"
    if second.samples is None:
        return f"{behind}: more problems, no number of samples"
    return f"{behind}: n ≈ {second.samples:,}"


def _temperature(run: Run) -> str:
    return "T unknown" if run.temperature is None else f"T = {run.temperature:g}"


def _longer(name: str, names: Mapping[int, str], more: str) -> str:
    return f"{name}, {more}" if more and Counter(names.values())[name] > 1 else name
