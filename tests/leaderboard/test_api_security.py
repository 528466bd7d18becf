"""What the API tells of runs beside their figures: security, how they came about, how to cite them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from evaluator.records import Finding
from evaluator.security import RULES
from leaderboard.models import Benchmark, Run, Sampling
from leaderboard.services import sampling
from leaderboard.services.sampling_order import SamplingOrder, Server
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import benchmark, member  # noqa: F401
from tests.leaderboard.run_data import MIXED, Drawn, passed, scored_run, toy_benchmark
from tests.leaderboard.test_api_across import DRAWN, got, run, text  # noqa: F401

pytestmark = pytest.mark.django_db


def test_security_of_runs_is_the_pages(client: Client, tmp_path: Path) -> None:
    flagged = scored_run(tmp_path, toy_benchmark(), MIXED)
    clean = scored_run(tmp_path, flagged.benchmark, DRAWN, model="Toy-7B")
    told = got(client, "/benchmarks/toy/security")
    rows = json.loads(client.get("/benchmarks/toy/security/?format=json&table=models").content)
    assert [one["run"] for one in told["items"]] == [row["run"] for row in rows]
    for one, row in zip(told["items"], rows, strict=True):
        for name, key in (("secure_pass_at_1", "secure-pass@1"), ("flagged", "flagged_share")):
            assert one[name] == {"value": row[key], "low": row[f"{key}_low"], "high": row[f"{key}_high"]}
    assert told["items"][0]["difference"] is None
    assert told["items"][1]["difference"]["value"] == rows[1]["difference"]
    assert told["flags"] == [{"rule": "S307", "run": flagged.pk, "samples": 1}]
    assert {one["run"]: one["samples"] for one in told["items"]} == {flagged.pk: 12, clean.pk: 11}


def test_weaknesses_and_findings_over_all_runs(client: Client, tmp_path: Path) -> None:
    rule = next(iter(RULES.values()))
    finding = Finding(rule.id, rule.cwe, rule.severity, rule.confidence, 3, rule.title)
    drawn = {"Toy/0": [Drawn("    return b\n", passed().judgement, 5, (finding,)), passed(times=7)]}
    flagged = scored_run(tmp_path, toy_benchmark(), drawn)
    clean = scored_run(tmp_path, flagged.benchmark, DRAWN, model="Toy-7B")
    told = got(client, "/benchmarks/toy/weaknesses")
    [weakness] = told["items"]
    assert (weakness["cwe"], weakness["rules"]) == (rule.cwe, [rule.id])
    assert (weakness["flags"], weakness["passed"]) == (5, 5)
    assert weakness["title"] in text(client, "/benchmarks/toy/security/")
    assert (told["runs"], told["samples"]) == (2, 23)
    assert got(client, f"/runs/{flagged.pk}/weaknesses")["items"] == told["items"]
    assert got(client, f"/runs/{clean.pk}/weaknesses")["items"] == []
    [program] = got(client, "/benchmarks/toy/findings")["items"]
    assert got(client, f"/runs/{flagged.pk}/findings")["items"] == [program]
    assert got(client, f"/benchmarks/toy/findings?run={clean.pk}")["count"] == 0
    got(client, "/benchmarks/toy/findings?run=999999", 404)
    [row] = got(client, "/benchmarks/toy/rules")["items"]
    assert (row["severity"], row["why"]) == (rule.severity.value, rule.why)


def test_a_run_tells_how_it_came_about_and_which_verdicts_flipped(client: Client, run: Run) -> None:  # noqa: F811
    told = got(client, f"/runs/{run.pk}")
    assert (told["recheck"]["due"], told["recheck"]["flipped"]) == (True, [])
    checked = {
        "programs": 50,
        "flips": 1,
        "judge_version": "2",
        "flipped": [["Toy/0", 2, "timeout", "passed"]],
    }
    Run.objects.update(recheck=checked, recheck_at=None, changes={"fence removed": 3})
    told = got(client, f"/runs/{run.pk}")
    assert told["recheck"] == {
        "programs": 50,
        "flips": 1,
        "flipped": [{"task_id": "Toy/0", "program": 2, "before": "timeout", "after": "passed"}],
        "judge_version": "2",
        "due": False,
    }
    assert (told["changes"], told["sampled_as"], told["counts_only"]) == ({"fence removed": 3}, {}, False)
    assert "1 verdict differs" in text(client, f"/runs/{run.pk}/")


@pytest.mark.parametrize(("named", "page"), [("run", "/runs/{run}/"), ("benchmark", "/benchmarks/toy/")])
def test_it_is_cited_as_on_its_page(client: Client, run: Run, named: str, page: str) -> None:  # noqa: F811
    value = {"run": run.pk, "benchmark": "toy"}[named]
    told = got(client, f"/citation?{named}={value}")["bibtex"]
    assert " ".join(told.split()) in text(client, page.format(run=run.pk))
    got(client, "/citation", 422)
    got(client, f"/citation?run={run.pk}&benchmark=toy", 422)


def test_a_sampling_tells_what_all_of_it_will_take(benchmark: Benchmark) -> None:  # noqa: F811
    user = member("ann")
    order = SamplingOrder("M", Server("https://models.example.org/v1", "m", per_request=10))
    row = sampling.start(user, benchmark, order)
    answers = [{"text": "x", "prompt_tokens": 100, "completion_tokens": 40}]
    Sampling.objects.filter(pk=row.pk).update(dry_run={"answers": answers, "error": "", "seconds": 3.0})
    told = got(token_client(user), f"/samplings/{row.pk}")
    problems, decoding = benchmark.problem_count, order.decoding
    draws = problems * len(decoding.temperatures)
    requests = draws * -(-decoding.n // 10)
    assert told["estimate"]["requests"] == requests
    assert told["estimate"]["prompt_tokens"] == 100 * requests
    assert told["estimate"]["completion_tokens"] == 40 * draws * decoding.n
    assert told["estimate"]["seconds"] == pytest.approx(requests * 3 / order.server.parallel)
    progress = got(token_client(user), f"/runs/{told['runs'][0]['run']}/progress")
    assert progress["drawn"]["of"] == problems * decoding.n
