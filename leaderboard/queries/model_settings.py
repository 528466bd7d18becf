"""The runs of one model on one benchmark beside each other: which setting is best, for which k."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics import (
    BestSetting,
    Comparison,
    Grid,
    best_settings,
    pass_at_k,
    samples_needed,
    setting_grid,
    spread,
    true_correlation,
)
from evaluator.metrics.beta_binomial import Fits, fit_each
from evaluator.metrics.counts import FloatArray, IntArray
from evaluator.metrics.temperature import LEAST_PROBLEMS
from leaderboard.board_cache import remembered
from leaderboard.models import Benchmark, Run
from leaderboard.queries.counts import count_table

_USUAL_KS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The second best setting for a k: how far it is behind, as a fraction, and how many samples of each
    problem would find a true difference of that size; None where 4,096 are too few."""

    run: int
    behind: float
    samples: int | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Measured runs by temperature, on the problems that all of them have.

    The grid's rows are the runs; `best` has an entry for each of its k, and so has `seconds`: None where
    there is no second run, or none that shows how its pass rates are spread.
    """

    run_ids: tuple[int, ...]
    problems: int
    grid: Grid
    best: tuple[BestSetting, ...]
    seconds: tuple[RunnerUp | None, ...]


def settings_of(runs: Sequence[Run], benchmark: Benchmark) -> Settings | None:
    """What the model's scored runs on this benchmark say of its settings. One query, none where it is kept.

    None where there is nothing to choose: fewer than two measured runs, or fewer than 10 problems that all
    of them have.
    """
    measured = [run for run in runs if run.source != Run.Source.PUBLISHED and run.status == Run.Status.DONE]
    if len(measured) < 2:
        return None
    run_ids = tuple(run.pk for run in sorted(measured, key=_place))
    parts = (benchmark.pk, benchmark.board_key, run_ids)
    return remembered("model-settings", parts, lambda: _compared(measured, benchmark))


def _compared(runs: Sequence[Run], benchmark: Benchmark) -> Settings | None:
    ordered = sorted(runs, key=_place)
    table = count_table(ordered, benchmark.problem_count)
    shared = (table.n > 0).all(axis=0)
    if shared.sum() < LEAST_PROBLEMS:
        return None
    n, c = table.n[:, shared], table.c[:, shared]
    most = int(n.min(axis=1).max())
    ks = [k for k in _USUAL_KS if k <= most]
    grid, best = setting_grid(n, c, ks), best_settings(n, c, ks)
    return Settings(
        run_ids=tuple(run.pk for run in ordered),
        problems=int(np.count_nonzero(shared)),
        grid=grid,
        best=tuple(best),
        seconds=tuple(_seconds(n, c, grid, best)),
    )


def _seconds(n: IntArray, c: IntArray, grid: Grid, best: Sequence[BestSetting]) -> Iterator[RunnerUp | None]:
    several = np.flatnonzero(n.min(axis=1) > 1)  # one sample of a problem shows no spread
    fits = fit_each(n[several], c[several]) if several.size else None
    rates = {run: fits.only(place) for place, run in enumerate(several.tolist())} if fits else {}
    for one in best:
        values = grid.values[:, grid.ks.index(one.k)].copy()
        values[one.run] = np.nan
        second = None if np.isnan(values).all() else int(np.nanargmax(values))
        if second is None or not {one.run, second} <= set(rates):
            yield None
            continue
        pair = [one.run, second]
        behind = one.naive - float(values[second])
        figures = pass_at_k(n[pair], c[pair], one.k)
        try:
            plan = _alike(figures, [rates[run] for run in pair], one.k)
            samples = samples_needed(rates[one.run], one.k, behind, plan) if behind > 0 else None
        except StatisticsError:  # one of them is alike on all problems
            yield None
        else:
            yield RunnerUp(second, behind, samples)


def _alike(figures: FloatArray, rates: Sequence[Fits], k: int) -> Comparison:
    """Two runs like these compared; `figures` is their pass@k, shape (2, problems)."""
    between = [spread(one, k, k).between for one in rates]
    return Comparison(figures.shape[1], true_correlation(figures[0], figures[1], *between))


def _place(run: Run) -> tuple[float, float, int]:
    """By temperature, then top_p; unknown ones last."""
    last = 2.0**10
    temperature = last if run.temperature is None else run.temperature
    return (temperature, last if run.top_p is None else run.top_p, run.pk)
