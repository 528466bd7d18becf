"""Reranked pass@1: stored when a run is scored, shown with its interval, beside what papers print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from evaluator.metrics.bootstrap import mean_of
from evaluator.records import Detail, Judgement, Verdict
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample
from leaderboard.models import Run
from leaderboard.services import runs
from leaderboard.services.reranking import reranked_rate
from tests.factories import queued_run, sample, score_by_hand
from tests.leaderboard.board_data import benchmark, published_row, scored_run  # noqa: F401

PASSED = Judgement(Verdict.PASSED, Detail(), 0.01)
FAILED = Judgement(Verdict.WRONG_ANSWER, Detail(), 0.01)
OUR_FAULT = Judgement(Verdict.EVALUATOR_ERROR, Detail(), 0.01)


def content(*samples: tuple[Judgement, Mapping[str, float]]) -> CellContent:
    return CellContent(
        [StoredProgram(str(place), judgement) for place, (judgement, _) in enumerate(samples)],
        [StoredSample(place, place + 1, dict(rankers)) for place, (_, rankers) in enumerate(samples)],
    )


def at(score: float) -> dict[str, float]:
    return {"mean_logprob": score}


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        ([(FAILED, at(-2)), (PASSED, at(-1))], 1.0),
        ([(FAILED, at(-1)), (PASSED, at(-2))], 0.0),
        ([(FAILED, at(-1)), (PASSED, at(-1)), (PASSED, at(-1)), (PASSED, at(-3))], 2 / 3),
        ([(PASSED, at(-1)), (FAILED, {})], None),
        ([(PASSED, at(float("nan")))], None),
        ([(PASSED, {"other": 1.0})], None),
        ([(OUR_FAULT, at(0)), (PASSED, at(-1))], 1.0),  # what we failed to judge is not picked
        ([(OUR_FAULT, {}), (FAILED, at(-1))], 0.0),
        ([(OUR_FAULT, at(0))], None),
        ([], None),
    ],
)
def test_the_sample_of_the_highest_mean_log_probability_is_picked(samples: Any, rate: float | None) -> None:
    found = reranked_rate(content(*samples))
    assert found == (rate if rate is None else pytest.approx(rate))


def scored_file(folder: Path, *, all_scored: bool = True) -> Run:
    """Three problems of two samples; the higher score passes on the first and the second."""
    samples = []
    for number, passes_higher in enumerate([True, True, False]):
        samples += [
            sample(number, 1, right=passes_higher, mean_logprob=-0.1),
            sample(number, 2, right=not passes_higher, **({"mean_logprob": -0.9} if all_scored else {})),
        ]
    return score_by_hand(queued_run(folder, samples))


def test_a_scored_run_stores_the_mean_over_the_problems_with_its_interval(db: None, tmp_path: Path) -> None:
    run = scored_file(tmp_path)
    expected = mean_of([1.0, 1.0, 0.0])
    assert run.reranked == pytest.approx({"value": 2 / 3, "low": expected.low, "high": expected.high})
    assert run.reranked["low"] < 2 / 3 < run.reranked["high"]


def test_a_run_with_a_sample_without_a_score_has_none(db: None, tmp_path: Path) -> None:
    assert scored_file(tmp_path, all_scored=False).reranked == {}


def test_scoring_again_clears_it(db: None, tmp_path: Path) -> None:
    run = scored_file(tmp_path)
    runs.rescore(run)
    assert run.reranked == {}
    assert set(run.cells.values_list("reranked", flat=True)) == {None}
    assert score_by_hand(run).reranked["value"] == pytest.approx(2 / 3)


def test_the_board_has_a_column_for_it_with_the_interval(client: Client, db: None, tmp_path: Path) -> None:
    run = scored_file(tmp_path)
    html = client.get("/benchmarks/tiny/").content.decode()
    assert 'id="sort-reranked"' in html
    assert '66<span class="part">.7</span>' in html
    row = json.loads(client.get("/benchmarks/tiny/?format=json").content)[0]
    bounds = (row["reranked_rate_low"], row["reranked_rate"], row["reranked_rate_high"])
    assert bounds == pytest.approx(tuple(run.reranked[name] for name in ("low", "value", "high")))


def test_a_published_pass_at_1_after_reranking_stands_in_that_column_alone(
    client: Client,
    benchmark: Any,  # noqa: F811
) -> None:
    published_row(benchmark, "Codex 12B", {"1": "44.3"}, method="mean log-probability reranking")
    scored_run(benchmark, "Best", [4, 4, 3, 2])
    query = "/benchmarks/small/?show=measured,published"
    rows = {row["model"]: row for row in json.loads(client.get(query + "&format=json").content)}
    assert rows["Codex 12B"]["pass@1"] is None
    assert rows["Codex 12B"]["reranked_rate"] == pytest.approx(0.443)
    assert rows["Best"]["reranked_rate"] is None
    assert '44<span class="part">.3</span>' in client.get(query).content.decode()


def test_a_board_without_any_has_no_such_column_until_asked(client: Client, benchmark: Any) -> None:  # noqa: F811
    scored_run(benchmark, "Best", [4, 4, 3, 2])
    assert 'id="sort-reranked"' not in client.get("/benchmarks/small/").content.decode()
    assert 'id="sort-reranked"' in client.get("/benchmarks/small/?cols=reranked").content.decode()
