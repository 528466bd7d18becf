"""What a run's page tells beside its figures: picked by rankers, and beyond the samples drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from leaderboard.models import Run, RunAnalysis
from leaderboard.queries.analysis import analysis_of
from leaderboard.run_analysis import analysed, from_json
from leaderboard.run_rankers import MOST_RANKERS, Outcome, RankerResult, ranker_results
from leaderboard.services.analysis import store_analysis
from tests.leaderboard.run_data import Drawn, passed, raised, scored_run, toy_benchmark


def outcome(verdict: str, **rankers: float) -> Outcome:
    return verdict, rankers


def only(cells: list[list[Outcome]]) -> RankerResult:
    (result,) = ranker_results(cells, min(map(len, cells))).results
    return result


def test_the_picked_sample_is_the_highest_and_ties_count_evenly() -> None:
    cells = [
        [outcome("passed", s=-0.1), outcome("timeout", s=-0.5), outcome("passed", s=-0.9)],
        [outcome("passed", s=-0.3), outcome("exception", s=-0.2), outcome("passed", s=-0.2)],
        [outcome("exception", s=-0.3), outcome("exception", s=-0.2), outcome("passed", s=-0.1)],
    ]
    result = only(cells)
    assert result.value == pytest.approx((1 + 0.5 + 1) / 3, abs=1e-12)
    assert result.low < result.value < result.high
    one, *_, all_three = result.best_of
    assert (one.m, one.value) == (1, pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3, abs=1e-12))
    assert (all_three.m, all_three.value) == (3, pytest.approx(result.value, abs=1e-12))


def test_figures_are_those_of_plain_numpy() -> None:
    """The best of m against every set of m, drawn from random boards."""

    def best(score: np.ndarray[Any, Any], ok: np.ndarray[Any, Any]) -> float:
        return float(ok[score == score.max()].mean())

    generator = np.random.default_rng(3)
    for _ in range(5):
        scores = generator.integers(0, 4, size=(6, 5)) / 4
        right = generator.random((6, 5)) < 0.4
        cells = [
            [outcome("passed" if ok else "timeout", s=s) for s, ok in zip(*row, strict=True)]
            for row in zip(scores.tolist(), right.tolist(), strict=True)
        ]
        found = {result.lowest: result for result in ranker_results(cells, 5).results}[False]
        for point in found.best_of:
            picked = [
                np.mean([best(scores[p, list(each)], right[p, list(each)]) for each in sets])
                for sets in [list(combinations(range(5), point.m))]
                for p in range(6)
            ]
            assert point.value == pytest.approx(np.mean(picked), abs=1e-12)
        pairs = [
            (a > b) + 0.5 * (a == b)
            for p in range(6)
            for a in scores[p][right[p]]
            for b in scores[p][~right[p]]
        ]
        assert found.auc == pytest.approx(np.mean(pairs), abs=1e-12)
        assert sum(one.samples for one in found.bins) == 30
        assert sum(one.passed for one in found.bins) == right.sum()


def test_a_field_that_is_better_when_lower_is_tried_both_ways() -> None:
    cells = [[outcome("passed", perplexity=1.0), outcome("timeout", perplexity=9.0)]] * 3
    lowest, highest = ranker_results(cells, 2).results
    assert (lowest.lowest, lowest.value, lowest.auc) == (True, 1.0, 1.0)
    assert (highest.lowest, highest.value, highest.auc) == (False, 0.0, 0.0)


def test_only_what_every_judged_sample_has_ranks() -> None:
    cells = [
        [outcome("passed", a=1, b=1), outcome("timeout", a=2), outcome("evaluator_error")],
        [outcome("passed", a=3, b=1), outcome("passed", a=4, c=1)],
        [outcome("evaluator_error")],
    ]
    assert {result.name for result in ranker_results(cells, 2).results} == {"a"}
    assert ranker_results([[outcome("passed", a=1), outcome("timeout", a=1)]], 2).results == ()  # a constant


def test_without_numbers_no_further_cell_is_read() -> None:
    def cells() -> Iterator[list[Outcome]]:
        yield [outcome("passed")]
        raise AssertionError("read on")

    assert ranker_results(cells(), 1).results == ()


def test_many_fields_are_cut_to_the_usual_ones_first() -> None:
    values = {f"field_{place:02}": place for place in range(20)} | {"mean_logprob": 1}
    cells = [[outcome("passed", **{name: v + 1 for name, v in values.items()}), outcome("timeout", **values)]]
    found = ranker_results(cells, 2)
    assert found.results[0].name == "mean_logprob"
    assert len({result.name for result in found.results}) == MOST_RANKERS
    assert found.left_out == 21 - MOST_RANKERS


RANKED = {
    f"Toy/{number}": [
        Drawn("    return a + b\n", passed().judgement, rankers={"mean_logprob": -0.1 * number}, times=2),
        Drawn(
            f"    return {number}\n",
            raised("", "E", "no").judgement,
            rankers={"mean_logprob": -0.9},
            times=2,
        ),
    ]
    for number in range(3)
}


@pytest.mark.django_db
def test_the_analysis_is_stored_when_the_run_is_finished(
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        run = scored_run(tmp_path, toy_benchmark(), RANKED)
    stored = [call for call in callbacks if getattr(call, "func", None) is store_analysis]
    assert len(stored) == 1
    stored[0]()
    with django_assert_num_queries(1):
        found = analysis_of(run)
    assert found == analysed(run)
    assert found is not None
    assert found == from_json(json.loads(json.dumps(found.as_json())))
    assert found.rankers[0].value == 1.0
    assert found.beyond is not None
    assert [point.m for point in found.beyond.points][-1] == 40


@pytest.mark.django_db
def test_what_an_earlier_scoring_stored_is_not_shown(tmp_path: Path) -> None:
    run = scored_run(tmp_path, toy_benchmark(), RANKED)
    store_analysis(run.pk)
    RunAnalysis.objects.update(data={"beyond": None, "rankers": [], "left_out": 0})
    stored = analysis_of(run)
    assert stored is not None
    assert stored.rankers == ()
    Run.objects.update(finished_at=run.finished_at + timedelta(seconds=1))
    run.refresh_from_db()
    computed = analysis_of(run)
    assert computed is not None
    assert computed.rankers[0].name == "mean_logprob"


@pytest.mark.django_db
def test_a_run_without_figures_has_no_analysis(tmp_path: Path) -> None:
    run = scored_run(tmp_path, toy_benchmark(), RANKED)
    Run.objects.update(status=Run.Status.CANCELLED)
    run.refresh_from_db()
    assert analysis_of(run) is None
    store_analysis(run.pk)
    store_analysis(10**9)
    assert not RunAnalysis.objects.exists()
