"""`python -m evaluator submit`, from a file to the figures, against the real site and a real worker."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from evaluator.cli import main
from evaluator.problem_sets import load_benchmark
from evaluator.submit import site, submission
from leaderboard.models import Run, Upload
from leaderboard.services import benchmarks, organisations, runs, tokens
from tests.code_map import ROOT
from tests.leaderboard.cutting_proxy import cutting
from tests.leaderboard.workers import wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)
FILES = ROOT / "tests" / "sample_files"
SAMPLES = FILES / "human_eval" / "samples.jsonl"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Submit = Callable[..., Said]


@pytest.fixture(autouse=True)
def uploader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Whoever submits: an account with a token in the environment, and a machine that remembers nothing."""
    benchmarks.load(load_benchmark("humaneval"))
    user = User.objects.create_user("uploader")
    monkeypatch.setenv("PASSBOARD_TOKEN", _token(user, "read", "write"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(site, "USUAL_PATIENCE", site.Patience(first_pause=0.05))
    return user


@pytest.fixture
def submit(live_server: object, capsys: pytest.CaptureFixture[str]) -> Submit:
    """The command in this process; `to`: another address than the site's own."""

    def run(*arguments: object, to: str = "") -> Said:
        capsys.readouterr()
        code = main(["submit", *map(str, arguments), "--site", to or str(live_server)])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


def _token(user: User, *scopes: str) -> str:
    return tokens.make(user, "client", scopes, timezone.now() + timedelta(days=1)).text


def _remembered() -> list[Path]:
    return list(Path(os.environ["XDG_STATE_HOME"]).glob("passboard/*"))


def _large(folder: Path) -> Path:
    """2 MB that don't compress, of one problem."""
    rng, path = random.Random(0), folder / "large.jsonl"
    rows = (
        {"task_id": "HumanEval/0", "completion": f"    # {rng.randbytes(5000).hex()}\n"} for _ in range(200)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.sandbox
def test_a_file_becomes_a_scored_run_with_figures_and_a_link(
    submit: Submit, uploader: User, tmp_path: Path, empty_queue: None
) -> None:
    with worker(tmp_path / "worker.log", processes=1):
        said = submit(SAMPLES, "--model", "Tiny 7B", "--temperature", "0.8", "--note", "three each")
    assert said.code == 0, said.err
    run = Run.objects.get()
    assert (run.owner, run.model.name, run.temperature, run.note) == (uploader, "Tiny 7B", 0.8, "three each")
    assert (run.status, run.samples, run.verdicts_from) == ("done", 18, "measured")
    assert "pass@1     55.56%   95 % [" in said.out
    assert f"/runs/{run.pk}" in said.out
    assert "6 of 164 problems, 3 samples each" in said.err
    assert not _remembered()
    assert not Upload.objects.exists()


def test_a_preview_makes_no_run_and_leaves_nothing(submit: Submit) -> None:
    said = submit(FILES / "evalplus" / "example--tiny-7b_openai_temp_0.8.zip", "--preview")
    assert said.code == 0, said.err
    assert "EvalPlus folder" in said.err
    assert not Run.objects.exists()
    assert not Upload.objects.exists()
    assert not _remembered()


def test_what_is_done_to_chat_answers_is_said_and_can_be_switched_off(submit: Submit) -> None:
    file = FILES / "evalplus" / "example--tiny-7b_openai_temp_0.8.raw.jsonl"
    assert "18 samples: " in submit(file, "--preview").err
    assert "18 samples: " not in submit(file, "--preview", "--as-is").err


def test_the_files_name_tells_model_and_temperature(submit: Submit) -> None:
    file = FILES / "evalplus" / "example--tiny-7b_openai_temp_0.8.jsonl"
    assert submit(file, "--no-wait").code == 0
    run = Run.objects.get()
    assert (run.model.name, run.model.organisation, run.temperature) == ("tiny-7b", "example", 0.8)


def test_a_run_can_be_put_into_an_organisation_of_ones_own(submit: Submit, uploader: User) -> None:
    lab = organisations.make(uploader, "Own Lab")
    said = submit(SAMPLES, "--model", "A", "--share-with", "others", "--no-wait")
    assert said.code != 0
    assert "shared_with" in said.err
    assert not Run.objects.exists()
    assert submit(SAMPLES, "--model", "A", "--share-with", "own-lab", "--no-wait").code == 0
    assert Run.objects.get().organisation == lab


def test_a_name_that_tells_no_model_asks_for_one_before_anything_is_sent(submit: Submit) -> None:
    said = submit(SAMPLES, to="http://127.0.0.1:9")
    assert said.code == 2
    assert "--model" in said.err


def test_how_a_file_is_to_be_read_can_be_said(submit: Submit) -> None:
    file = FILES / "bigcode" / "generations_humaneval_from_52.json"
    said = submit(file, "--model", "A", "--start", "52", "--no-wait")
    assert said.code == 0, said.err
    run = Run.objects.get()
    assert run.file_options == {"start": 52}
    assert {cell.problem.task_id for cell in run.cells.all()} == {"HumanEval/52", "HumanEval/53"}


def test_a_form_that_no_guess_would_find_can_be_named(submit: Submit, tmp_path: Path) -> None:
    """As it is guessed, the site would refuse the file before anybody could say so."""
    path = tmp_path / "odd.jsonl"
    path.write_text('{"task_id": "HumanEval/0", "completion": "    pass"}\n' + "{}\n" * 3)
    said = submit(path, "--model", "A", "--format", "human-eval", "--no-wait")
    assert said.code == 2
    assert "line 2, completion: is missing" in said.err
    assert "no sample file that is known" in submit(path, "--model", "A").err


def test_a_script_gets_the_run_as_json(submit: Submit) -> None:
    said = submit(SAMPLES, "--model", "A", "--visibility", "private", "--no-wait", "--json")
    run = json.loads(said.out)
    assert (run["visibility"], run["status"], run["samples"]) == ("private", "queued", 18)


def test_the_same_command_follows_its_run_and_makes_no_second_one(submit: Submit) -> None:
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    runs.cancel(Run.objects.get())
    said = submit(SAMPLES, "--model", "A")
    assert said.code == 1
    assert "cancelled" in said.err
    assert Run.objects.count() == 1
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0, "what has ended is not followed again"
    assert Run.objects.count() == 2


def test_a_run_whose_number_got_lost_is_found_again(submit: Submit) -> None:
    """The command ended after the site had made the run, and before its answer came."""
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    (memory,) = _remembered()
    memory.write_text(json.dumps(json.loads(memory.read_text()) | {"run": ""}))
    runs.cancel(Run.objects.get())
    said = submit(SAMPLES, "--model", "A")
    assert "not made again" in said.err
    assert Run.objects.count() == 1


def test_a_run_that_was_deleted_meanwhile_is_made_anew(submit: Submit) -> None:
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    runs.delete(Run.objects.get())
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    assert Run.objects.count() == 1


def test_an_upload_that_the_site_has_swept_is_sent_anew(submit: Submit) -> None:
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    (memory,) = _remembered()
    lost = {"upload": "00000000-0000-4000-8000-000000000000", "run": "", "confirm_key": "another"}
    memory.write_text(json.dumps(json.loads(memory.read_text()) | lost))
    assert submit(SAMPLES, "--model", "A", "--no-wait").code == 0
    assert Run.objects.count() == 2


def test_verdicts_of_the_file_are_imported_and_labelled(submit: Submit) -> None:
    file = FILES / "human_eval" / "samples.jsonl_results.jsonl"
    said = submit(file, "--model", "A", "--verdicts", "import")
    assert said.code == 0, said.err
    assert "pass@1     55.56%" in said.out
    assert "imported" in said.out
    assert Run.objects.get().verdicts_from == "imported"


@pytest.mark.sandbox
def test_a_file_scored_here_brings_its_verdicts_along(submit: Submit) -> None:
    said = submit(SAMPLES, "--model", "A", "--score", "--cpu-limit", "1", "--workers", "1")
    assert said.code == 0, said.err
    run = Run.objects.get()
    assert (run.verdicts_from, run.samples, run.status) == ("imported", 18, "done")
    assert run.verdict_counts["passed"] == 10
    assert "pass@1     55.56%" in said.out


def test_bad_lines_are_named_and_nothing_is_kept(submit: Submit, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"task_id": "HumanEval/0", "completion": 7}\n' + SAMPLES.read_text())
    said = submit(bad, "--model", "A")
    assert said.code == 2
    assert "completion: a string was expected" in said.err
    assert not Upload.objects.exists()
    assert not _remembered()


@pytest.mark.parametrize(("scopes", "word"), [((), "token"), (("read",), "write")])
def test_a_token_that_is_not_good_for_it_is_told(
    submit: Submit, uploader: User, monkeypatch: pytest.MonkeyPatch, scopes: tuple[str, ...], word: str
) -> None:
    monkeypatch.setenv("PASSBOARD_TOKEN", _token(uploader, *scopes) if scopes else "pb_unknown")
    said = submit(SAMPLES, "--model", "A")
    assert said.code == 2
    assert word in said.err
    assert "Traceback" not in said.err


def test_a_connection_that_breaks_in_mid_upload_costs_only_what_was_under_way(
    submit: Submit, live_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "PART_BYTES", 256 << 10)
    large = _large(tmp_path)
    with cutting(str(live_server), [10**6, 300_000, 100_000, 10**6, 5]) as proxy:
        said = submit(large, "--model", "A", "--no-wait", to=proxy.address)
    assert said.code == 0, said.err
    assert "Trying again" in said.err
    assert Run.objects.get().samples == 200
    assert large.stat().st_size <= proxy.sent < 1.5 * large.stat().st_size


def test_what_was_sent_before_the_command_ended_is_not_sent_again(
    submit: Submit, live_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "PART_BYTES", 256 << 10)
    monkeypatch.setattr(site, "USUAL_PATIENCE", site.Patience(tries=1))
    large = _large(tmp_path)
    connections = [10**6] * 6 + [0] * 20
    with cutting(str(live_server), connections) as proxy:
        assert submit(large, "--model", "A", "--no-wait", to=proxy.address).code == 1
        half = Upload.objects.get().received
        assert 0 < half < large.stat().st_size
        proxy.budgets.clear()
        before = proxy.sent
        said = submit(large, "--model", "A", "--no-wait", to=proxy.address)
    assert said.code == 0, said.err
    assert "going on there" in said.err
    assert proxy.sent - before < large.stat().st_size - half + 50_000
    assert Run.objects.get().samples == 200


def test_ctrl_c_stops_waiting_and_not_the_run(live_server: object) -> None:
    command = [sys.executable, "-m", "evaluator", "submit", str(SAMPLES), "--model", "A"]
    process = subprocess.Popen(
        [*command, "--site", str(live_server)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    wait_until(Run.objects.exists, "a run")
    wait_until(lambda: '"run": ""' not in _remembered()[0].read_text(), "its number")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "the same command follows it again" in err
    assert Run.objects.get().status == "queued"
