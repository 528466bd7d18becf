"""The re-run check: drawn fairly, judged anew, counted once, and shown."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from evaluator.evaluate import Evaluator
from evaluator.judge import JUDGE_VERSION
from evaluator.records import Detail, Judgement, Verdict
from leaderboard.models import Cell, Run
from leaderboard.services import recheck, runs
from leaderboard.services.recheck import draw
from tests.factories import by_hand, queued_run, sample, score_by_hand
from tests.leaderboard.recheck_data import fields, flattered, scored_run

pytestmark = pytest.mark.django_db


class TestDrawing:
    @pytest.mark.parametrize(
        ("cell_count", "programs", "drawn", "most_cells"),
        [
            (164, 61, 200, 40),  # 2 % of 10,004
            (164, 20, 66, 40),
            (164, 2, 50, 40),
            (164, 1, 50, 50),  # a program each: no way to 50 through fewer
            (3, 5, 15, 3),  # fewer than 50 in all
            (1, 0, 0, 0),
        ],
    )
    def test_as_many_as_wanted_from_few_cells(
        self, cell_count: int, programs: int, drawn: int, most_cells: int
    ) -> None:
        chosen = draw(7, dict.fromkeys(range(cell_count), programs))
        assert sum(map(len, chosen.values())) == drawn
        assert len(chosen) <= most_cells
        assert all(len(set(indices)) == len(indices) for indices in chosen.values())
        assert all(0 <= index < programs for indices in chosen.values() for index in indices)

    def test_the_same_for_the_same_run_and_others_for_another(self) -> None:
        sizes = dict.fromkeys(range(164), 60)
        assert draw(1, sizes) == draw(1, dict(reversed(sizes.items())))
        assert draw(1, sizes) != draw(2, sizes)

    def test_each_program_is_as_likely_as_any_other(self) -> None:
        sizes = {number: 10 + 40 * (number % 2) for number in range(100)}  # small cells and large ones
        hits: Counter[bool] = Counter()
        for run_id in range(400):
            for cell_id, indices in draw(run_id, sizes).items():
                hits[sizes[cell_id] > 10] += len(indices)
        assert hits[True] / hits[False] == pytest.approx(50 / 10, rel=0.1)


@pytest.mark.sandbox
class TestChecking:
    def test_verdicts_that_repeat_are_said_to(self, tmp_path: Path) -> None:
        run = scored_run(tmp_path)
        assert run.recheck_at is not None
        before = Cell.objects.order_by("pk").values()
        recheck.recheck(run.pk)
        found, due, _ = fields(run)
        assert due is None
        assert {name: found[name] for name in ("programs", "flips", "flipped", "judge_version")} == {
            "programs": 6,
            "flips": 0,
            "flipped": [],
            "judge_version": JUDGE_VERSION,
        }
        assert list(before) == list(Cell.objects.order_by("pk").values())

    def test_a_verdict_that_does_not_repeat_is_named(self, tmp_path: Path, client: Client) -> None:
        run = scored_run(tmp_path, flattered)
        recheck.recheck(run.pk)
        found, *_ = fields(run)
        assert (found["programs"], found["flips"]) == (6, 1)
        assert found["flipped"] == [["Tiny/1", 2, "passed", "wrong_answer"]]
        html = client.get(f"/runs/{run.pk}/").content.decode()
        assert "6 programs judged again on another cell: 1 verdict differs." in html
        address = f"/runs/{run.pk}/problems/Tiny/1/?program=2"
        assert f'<a href="{address}"><code>Tiny/1</code></a>: passed → wrong answer' in html
        assert "return 2" in client.get(f"{address}&format=py").content.decode()

    def test_what_was_never_judged_is_not_compared(self, tmp_path: Path) -> None:
        fault = Judgement(Verdict.EVALUATOR_ERROR, Detail("the sandbox broke"), 0.0)
        run = scored_run(tmp_path, lambda source: fault if "add_1" in source else by_hand(source))
        recheck.recheck(run.pk)
        found, *_ = fields(run)
        assert (found["programs"], found["flips"]) == (3, 0)

    def test_it_is_made_once(self, tmp_path: Path) -> None:
        run = scored_run(tmp_path)
        recheck.recheck(run.pk)
        first = fields(run)
        recheck.recheck(run.pk)
        recheck.recheck(run.pk + 1000)
        assert fields(run) == first

    def test_a_check_that_a_rescore_overtook_writes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path, flattered)
        write = recheck._write

        def overtaken(*arguments: object) -> None:
            runs.rescore(run)
            score_by_hand(run)
            write(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(recheck, "_write", overtaken)
        recheck.recheck(run.pk)
        found, due, attempts = fields(run)
        assert (found, attempts) == ({}, 0)
        assert due is not None  # the new scoring wants a check of its own
        monkeypatch.undo()
        recheck.recheck(run.pk)
        assert fields(run)[0]["flips"] == 0

    def test_a_rescore_takes_the_old_result_away(self, tmp_path: Path) -> None:
        run = scored_run(tmp_path)
        recheck.recheck(run.pk)
        runs.rescore(run)
        assert fields(run) == ({}, None, 0)
        recheck.recheck(run.pk)
        assert fields(run) == ({}, None, 0)

    def test_it_waits_for_cells_that_wait(self, tmp_path: Path) -> None:
        run = scored_run(tmp_path)
        before = fields(run)
        other = queued_run(tmp_path, [sample(0, 0, right=True)], model="Model B")
        recheck.recheck(run.pk)
        assert fields(run) == before
        runs.cancel(other)
        recheck.recheck(run.pk)
        assert fields(run)[0]["programs"] == 6

    def test_it_makes_room_for_cells_that_come_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path)
        _renew_at_once(monkeypatch)
        begin = Evaluator.__enter__

        def upload_comes(evaluator: Evaluator) -> Evaluator:
            queued_run(tmp_path, [sample(0, 0, right=True)], model="Model B")
            return begin(evaluator)

        monkeypatch.setattr(Evaluator, "__enter__", upload_comes)
        recheck.recheck(run.pk)
        found, due, attempts = fields(run)
        assert (found, attempts) == ({}, 0)
        assert due <= timezone.now()

    def test_a_long_check_keeps_its_lease(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = scored_run(tmp_path)
        _renew_at_once(monkeypatch)
        ends = []
        renew = recheck._renew

        def noted(claim: recheck._Claim, tier: str) -> None:
            renew(claim, tier)
            ends.append(Run.objects.get(pk=run.pk).recheck_at)

        monkeypatch.setattr(recheck, "_renew", noted)
        recheck.recheck(run.pk)
        assert len(set(ends)) == 6
        assert ends == sorted(ends)
        assert fields(run)[0]["programs"] == 6


def _renew_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock finds that an hour has passed."""
    hours = count(step=3600)
    monkeypatch.setattr("leaderboard.services.judging.monotonic", lambda: float(next(hours)))


class TestPage:
    def test_a_check_to_come_is_looked_for_again(
        self, tmp_path: Path, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        run = scored_run(tmp_path)
        address = f"/runs/{run.pk}/recheck/"
        assert f'hx-get="{address}"' in client.get(f"/runs/{run.pk}/").content.decode()
        with django_assert_num_queries(1):
            html = client.get(address).content.decode()
        assert "will be judged again" in html
        result = {"programs": 152, "flips": 0, "flipped": [], "judge_version": JUDGE_VERSION}
        Run.objects.filter(pk=run.pk).update(recheck=result, recheck_at=None)
        html = client.get(address).content.decode()
        assert "152 programs judged again on another cell: 0 verdicts differ." in html
        assert "hx-get" not in html

    def test_many_flips_are_cut_short_and_another_judge_is_named(
        self, tmp_path: Path, client: Client
    ) -> None:
        run = scored_run(tmp_path)
        flipped = [["Tiny/0", 0, "timeout", "passed"]] * 23
        result = {"programs": 60, "flips": 23, "flipped": flipped, "judge_version": "another"}
        Run.objects.filter(pk=run.pk).update(recheck=result, recheck_at=None)
        html = client.get(f"/runs/{run.pk}/").content.decode()
        assert f"(by judge another, not {JUDGE_VERSION}): 23 verdicts differ." in html
        assert html.count("timeout → passed") == 20
        assert "and 3 more" in html

    def test_runs_that_are_not_scored_or_published_say_nothing(self, tmp_path: Path, client: Client) -> None:
        run = queued_run(tmp_path, [sample(0, 0, right=True)])
        for source in (Run.Source.UPLOADED, Run.Source.PUBLISHED):
            Run.objects.filter(pk=run.pk).update(source=source)
            assert "Re-run check" not in client.get(f"/runs/{run.pk}/").content.decode()

    def test_when_scoring_ends_the_page_learns_what_judged_and_checks(
        self, tmp_path: Path, client: Client
    ) -> None:
        run = scored_run(tmp_path)
        html = client.get(f"/runs/{run.pk}/progress/").content.decode()
        assert '<div id="scoring" hx-swap-oob="true">' in html
        assert f'hx-get="/runs/{run.pk}/recheck/"' in html
