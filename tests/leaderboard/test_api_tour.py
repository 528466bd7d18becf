"""The lines of docs/api.md do what the page says, on a real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evaluator.problem_sets import load_benchmark
from leaderboard.models import KeptAnswer, Run, Upload
from leaderboard.services import benchmarks
from tests.code_map import ROOT
from tests.leaderboard.api_callers import token_of
from tests.leaderboard.board_data import PASSWORD, member, scored_run
from tests.needs import need

PAGE = ROOT / "docs" / "api.md"


def lines() -> str:
    return "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.mark.django_db(transaction=True)
def test_the_lines_of_the_tour_run_from_top_to_bottom(live_server: Any, tmp_path: Path) -> None:
    need("curl", shutil.which("curl") is not None, "sudo apt-get install -y curl")
    benchmark = benchmarks.load(load_benchmark("humaneval"))
    ann = member("ann")
    first, second = (
        scored_run(benchmark, f"M{number}", [number, 4, 0], model_owner=ann) for number in (1, 3)
    )
    sample = {"task_id": "HumanEval/0", "completion": "    return False\n"}
    (tmp_path / "samples.jsonl").write_text(json.dumps(sample) + "\n")
    names = {
        "SITE": live_server.url,
        "TOKEN": token_of(ann),
        "PASSWORD": PASSWORD,
        "FIRST": str(first.pk),
        "SECOND": str(second.pk),
        "MODEL": first.model.slug,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    script = f"set -euo pipefail\n{lines()}"
    done = subprocess.run(
        ["bash", "-c", script], env=names, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "304\n" in done.stdout
    assert "pass@1_low" in done.stdout  # the board as CSV
    assert r"\begin{tabular}" in done.stdout
    assert not Upload.objects.exists()
    assert sorted(Run.objects.values_list("pk", flat=True)) == [first.pk, second.pk]
    assert KeptAnswer.objects.get().status == 201


def test_the_tour_speaks_of_every_kind_of_thing() -> None:
    paths = set(re.findall(r"/api/v1/([a-z-]+)", lines()))
    assert {"benchmarks", "runs", "uploads", "comparisons", "exports"} <= paths
    assert {"tokens", "server-keys", "account"} <= paths
