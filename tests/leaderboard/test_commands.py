"""The commands of manage.py as an operator uses them."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from io import StringIO
from pathlib import Path
from time import monotonic

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from evaluator.demo_samples import DEMO_RUNS
from leaderboard.models import Benchmark, Model, Problem, Run
from leaderboard.queries.visibility import visible_runs
from leaderboard.services import organisations
from tests.code_map import ROOT
from tests.evaluator.test_evalplus_problems import RECORD
from tests.factories import sample, tiny_benchmark, write_samples
from tests.leaderboard.workers import wait_until
from tests.live_site import running_site


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_benchmark_is_loaded_once() -> None:
    assert "HumanEval" in output_of("load_benchmark", "humaneval")
    output_of("load_benchmark", "humaneval")
    assert (Benchmark.objects.count(), Problem.objects.count()) == (1, 164)
    with pytest.raises(CommandError, match="humaneval") as error:
        output_of("load_benchmark", "nothing")
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_problems_of_evalplus_are_a_benchmark_for_each_choice_of_tests(
    tmp_path: Path,
) -> None:
    path = tmp_path / "MbppPlus.jsonl"
    path.write_text(json.dumps({**RECORD, "task_id": "Mbpp/2"}) + "\n")
    for tests in ("plus", "base"):
        assert "1 problems" in output_of(
            "load_benchmark", "humaneval", f"--problems={path}", f"--tests={tests}"
        )
    assert set(Benchmark.objects.values_list("slug", flat=True)) == {"mbpp-plus", "mbpp-base"}
    samples = tmp_path / "tiny_vllm_temp_0.0_eval_results.json"
    row = {"task_id": "Mbpp/2", "solution": "def half(n):\n    return n / 2\n", "base_status": "pass"}
    samples.write_text(json.dumps({"eval": {"Mbpp/2": [{**row, "plus_status": "fail"}]}}))
    for slug in ("mbpp-base", "mbpp-plus"):
        output_of("submit", str(samples), f"--model=Tiny {slug}", f"--benchmark={slug}", "--import-verdicts")
    found = {run.benchmark.slug: run.figures["1"]["value"] for run in Run.objects.all()}
    assert found == {"mbpp-base": 1.0, "mbpp-plus": 0.0}
    path.write_text("{}\n")
    with pytest.raises(CommandError, match=r"MbppPlus\.jsonl:1: task_id"):
        output_of("load_benchmark", "humaneval", f"--problems={path}")


@pytest.mark.django_db
def test_published_rows_need_their_benchmark() -> None:
    with pytest.raises(CommandError, match="load_benchmark humaneval"):
        output_of("load_published")
    output_of("load_benchmark", "humaneval")
    assert output_of("load_published") == "16 published rows.\n"


@pytest.mark.django_db
class TestSubmit:
    def test_settings_come_from_the_options_and_else_from_the_file_name(self, tmp_path: Path) -> None:
        tiny_benchmark()
        User.objects.create_user("ada")
        path = write_samples(tmp_path / "some-model_T0.8_top_p0.95.jsonl", [sample(0, 0, right=True)])
        options = ["--model", "Model A", "--benchmark", "tiny", "--temperature", "0.2", "--owner", "ada"]
        printed = output_of("submit", str(path), *options, "--visibility", "private", "--note", "3-shot")
        run = Run.objects.get()
        assert f"Run {run.pk}: 1 samples of 1 problems" in printed
        assert (run.temperature, run.top_p, run.visibility, run.note) == (0.2, 0.95, "private", "3-shot")
        assert (run.owner.username, run.model.name, run.file_name) == ("ada", "Model A", path.name)

    def test_a_run_can_be_put_into_an_organisation_of_its_owner(self, tmp_path: Path) -> None:
        tiny_benchmark()
        ada, eve = (User.objects.create_user(name) for name in ("ada", "eve"))
        lab = organisations.make(ada, "Wren Lab")
        organisations.invite(lab, ada, "eve", "member")
        path = write_samples(tmp_path / "s.jsonl", [sample(0, 0, right=True)])
        options = ["submit", str(path), "--model", "A", "--benchmark", "tiny", "--visibility", "private"]
        for more, said in (
            (["--share-with", "wren-lab"], "goes with --owner"),
            (["--share-with", "wren-lab", "--owner", "eve"], "You are no member of Wren Lab"),  # invited only
            (["--share-with", "other", "--owner", "ada"], "“other”. ada is a member of: wren-lab"),
            (["--share-with", "other", "--owner", "eve"], "eve is a member of: none"),
        ):
            with pytest.raises(CommandError, match=said) as error:
                output_of(*options, *more)
            assert error.value.returncode == 2
            assert not Run.objects.exists()
        output_of(*options, "--share-with", "wren-lab", "--owner", "ada")
        run = Run.objects.get()
        assert (run.organisation, run.owner, run.visibility) == (lab, ada, "private")
        organisations.accept(eve.memberships.get())
        assert run in visible_runs(eve)

    def test_the_files_own_verdicts_can_be_imported(self, tmp_path: Path) -> None:
        tiny_benchmark()
        row = {"task_id": "Tiny/0", "completion": "```python\n    return 1\n```", "passed": True}
        path = write_samples(tmp_path / "s.jsonl", [row])
        options = ["--model", "A", "--benchmark", "tiny", "--format", "human-eval"]
        printed = output_of("submit", str(path), *options, "--as-it-stands", "--import-verdicts", "--wait")
        assert "pass@1    100.00%" in printed
        run = Run.objects.get()
        assert (run.verdicts_from, run.changes) == ("imported", {})
        assert run.file_options == {"format": "human-eval", "clean": False}

    def test_bad_lines_are_listed_and_nothing_is_stored(self, tmp_path: Path) -> None:
        tiny_benchmark()
        good = [sample(number, 0, right=True) for number in range(3)]
        path = write_samples(tmp_path / "s.jsonl", [*good, {"task_id": "Tiny/0"}])
        with pytest.raises(CommandError, match=r"s\.jsonl:4: completion: is missing") as error:
            output_of("submit", str(path), "--model", "A", "--benchmark", "tiny")
        assert error.value.returncode == 2
        assert not Run.objects.exists()

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["nowhere.jsonl", "--model", "A", "--benchmark", "tiny"], "No such file"),
            (["s.jsonl", "--model", " ", "--benchmark", "tiny"], "name must have"),
            (["s.jsonl", "--model", "A", "--benchmark", "other"], "load_benchmark other"),
            (["s.jsonl", "--model", "A", "--benchmark", "tiny", "--owner", "bob"], "no account “bob”"),
        ],
    )
    def test_what_is_wrong_is_said_with_exit_code_2(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
    ) -> None:
        tiny_benchmark()
        monkeypatch.chdir(tmp_path)
        write_samples(tmp_path / "s.jsonl", [sample(0, 0, right=True)])
        with pytest.raises(CommandError, match=said) as error:
            output_of("submit", *arguments)
        assert error.value.returncode == 2


@pytest.mark.django_db
def test_the_demo_comes_once_and_goes_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="load_benchmark humaneval"):
        output_of("demo")
    output_of("load_benchmark", "humaneval")
    output_of("load_published")
    before = set(Model.objects.values_list("name", flat=True)), Run.objects.count()
    assert output_of("demo") == f"{len(DEMO_RUNS)} demo runs queued for scoring.\n"
    assert output_of("demo") == "0 demo runs queued for scoring.\n"
    demo = Run.objects.filter(synthetic=True)
    assert set(demo.values_list("problems_covered", "n_min", "model__synthetic")) == {(164, 20, True)}
    assert output_of("demo", "--remove") == f"{len(DEMO_RUNS)} demo runs removed.\n"
    assert (set(Model.objects.values_list("name", flat=True)), Run.objects.count()) == before


@pytest.mark.sandbox
class TestUp:
    def test_the_site_starts_restarts_what_dies_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        with running_site(tmp_path / "data", NO_DEMO="1") as site:
            pids = _tree_of(site.environment["PORT"])
            assert urllib.request.urlopen(f"{site.address}/healthz", timeout=10).status == 200
            (worker,) = [pid for pid in pids if _is_scoring_worker(pid)]
            os.kill(worker, signal.SIGKILL)
            log = site.folder.with_suffix(".log")
            wait_until(lambda: "scoring worker ended (signal SIGKILL)" in log.read_text(), "its notice", 10)
            wait_until(
                lambda: any(_is_scoring_worker(pid) for pid in _tree_of(site.environment["PORT"])),
                "its return",
                20,
            )
            pids = _tree_of(site.environment["PORT"])
            stopping = monotonic()
        assert monotonic() - stopping < 5.5
        assert not [pid for pid in pids if _is_running(pid)]
        with running_site(tmp_path / "second", NO_DEMO="1") as site:
            pids = _tree_of(site.environment["PORT"])
            os.kill(pids[0], signal.SIGKILL)
            wait_until(lambda: not any(map(_is_running, pids)), "the end of all", 10)

    def test_a_second_start_keeps_the_account_and_prints_no_password(self, tmp_path: Path) -> None:
        with running_site(tmp_path / "data", NO_DEMO="1") as site:
            assert site.password
            environment = site.environment
        done = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.stdout is not None
        first_line = done.stdout.readline()
        done.send_signal(signal.SIGTERM)
        rest, _ = done.communicate(timeout=15)
        assert re.fullmatch(r"Passboard: http://127\.0\.0\.1:\d+ .*\n", first_line)
        assert (rest, done.returncode) == ("", 0)

    def test_a_wrapper_is_around_the_scoring_worker_and_nothing_else(self, tmp_path: Path) -> None:
        wrapper = {"NO_DEMO": "1", "WORKER_WRAPPER": "env WRAPPED=yes"}
        with running_site(tmp_path / "data", **wrapper) as site:
            tree = functools.partial(_tree_of, site.environment["PORT"])

            def wrapped() -> list[int]:
                return [pid for pid in tree() if "\0WRAPPED=yes\0" in f"\0{_environment(pid)}"]

            wait_until(lambda: any(_is_scoring_worker(pid) for pid in wrapped()), "the worker in it", 20)
            assert not any("gunicorn" in _command(pid) or _is_main(pid, "beat") for pid in wrapped())

    def test_a_port_in_use_is_one_clear_line(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = subprocess.run(
                [sys.executable, "manage.py", "up", "--port", str(port)],
                cwd=ROOT,
                env=os.environ | {"PASSBOARD_DATA": str(tmp_path), "HOST": "127.0.0.1"},
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
        assert done.returncode == 1
        assert re.fullmatch(rf"CommandError: 127\.0\.0\.1:{port} can't be used .*\n", done.stderr)


def _tree_of(port: str) -> list[int]:
    """Process ids of the site on this port, its supervisor first."""
    supervisor = next(
        pid
        for pid in _processes()
        if "manage.py\0up" in _command(pid) and f"PORT={port}\0" in _environment(pid)
    )
    tree = [supervisor]
    for pid in tree:
        tree += [child for child in _processes() if _parent(child) == pid]
    return tree


def _processes() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _is_main(pid: int, role: str) -> bool:
    """Whether it is the main process of Celery's worker or beat, and not one of the pool."""
    return f"\0{role}\0" in _command(pid) and "manage.py\0up" in _command(_parent(pid))


def _is_scoring_worker(pid: int) -> bool:
    """The sampling worker is one of Celery's as well; it names its queue."""
    return _is_main(pid, "worker") and "\0--queues\0" not in _command(pid)


def _is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _command(pid: int) -> str:
    return _read(pid, "cmdline")


def _environment(pid: int) -> str:
    return _read(pid, "environ")


def _parent(pid: int) -> int:
    found = re.search(r"^PPid:\t(\d+)", _read(pid, "status"), re.MULTILINE)
    return int(found[1]) if found else 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""  # it ended between the list and the look
