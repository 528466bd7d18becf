"""What a submission keeps on its own machine: where it stopped, and verdicts that were made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluator.errors import InputError, SubmissionRefused
from evaluator.problem_sets import load_benchmark
from evaluator.records import Detail, Judgement, Verdict, program_of
from evaluator.sample_files import read_all
from evaluator.score import Scores
from evaluator.submit.calls import Calls
from evaluator.submit.local import write_verdicts
from evaluator.submit.memory import Begun, Memory
from evaluator.submit.site import Site
from evaluator.submit.submission import Parcel, Submission
from tests.evaluator.replying_server import Reply, serving

HUMANEVAL = load_benchmark("humaneval")
PASSED = Judgement(Verdict.PASSED, Detail(), 0.01)
FAILED = Judgement(Verdict.WRONG_ANSWER, Detail("assertion failed"), 0.02)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def samples_file(folder: Path) -> Path:
    rows = [
        {"task_id": "HumanEval/0", "completion": "    return False\n", "mean_logprob": -0.5},
        {"task_id": "HumanEval/1", "completion": "    return []\n", "mean_logprob": -1.5},
    ]
    path = folder / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_verdicts_made_here_are_read_back_with_the_programs_that_were_run(tmp_path: Path) -> None:
    file = read_all(samples_file(tmp_path), HUMANEVAL)
    target = tmp_path / "verdicts.jsonl.gz"
    write_verdicts(HUMANEVAL, file, Scores((PASSED, FAILED), 2, 0.1, "A+"), target)
    found = read_all(target, HUMANEVAL)
    assert found.carries_verdicts
    assert [one.reported and one.reported.passed for one in found.samples] == [True, False]
    assert [one.rankers for one in found.samples] == [{"mean_logprob": -0.5}, {"mean_logprob": -1.5}]
    for here, there in zip(file.samples, found.samples, strict=True):
        problem = HUMANEVAL.by_task_id[here.task_id]
        assert program_of(problem, here) == program_of(problem, there)


def test_equal_verdicts_make_equal_files(tmp_path: Path) -> None:
    file, written = read_all(samples_file(tmp_path), HUMANEVAL), []
    for name, cpu_seconds in (("a", 0.01), ("b", 0.5)):
        judged = Judgement(Verdict.PASSED, Detail(), cpu_seconds)
        write_verdicts(HUMANEVAL, file, Scores((judged, judged), 2, cpu_seconds, "A+"), tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_what_was_begun_is_remembered_until_it_is_forgotten() -> None:
    memory, begun = Memory("site", "file"), Begun("k1", "k2", upload="u", run="7")
    assert memory.recall() is None
    memory.keep(begun)
    assert Memory("site", "file").recall() == begun
    assert Memory("site", "other file").recall() is None
    memory.forget()
    memory.forget()
    assert memory.recall() is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"upload": 1}', b"\xff", b"null"])
def test_a_damaged_memory_is_none(content: bytes) -> None:
    memory = Memory("site")
    memory.keep(Begun.anew())
    memory.path.write_bytes(content)
    assert memory.recall() is None


def test_a_folder_that_can_not_be_made_costs_the_resuming_only(state: Path) -> None:
    state.write_text("a file stands where the folder should be")
    memory = Memory("site")
    memory.keep(Begun.anew())
    memory.forget()
    assert memory.recall() is None


def test_memory_is_for_its_owner_alone() -> None:
    memory = Memory("site")
    memory.keep(Begun.anew())
    assert memory.path.stat().st_mode & 0o077 == 0
    assert memory.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("content", "words"), [(None, "can't be read"), (b"", "is empty")])
def test_a_file_that_can_not_be_sent_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "samples.jsonl"
    if content is not None:
        path.write_bytes(content)
    parcel = Parcel(path, path.name, "humaneval", {}, {})
    with pytest.raises(InputError, match=f"{path}.*{words}"):
        Submission(Calls(Site("http://127.0.0.1:9", "pb_x")), parcel, "http://127.0.0.1:9")


def test_a_refusal_at_the_same_place_is_no_reason_to_send_the_same_part_for_ever(tmp_path: Path) -> None:
    path = samples_file(tmp_path)
    upload = Reply(200, b'{"id": "u", "received": 0}')
    full = Reply(409, b'{"detail": "The disk of this site is full."}')
    parcel = Parcel(path, path.name, "humaneval", {}, {})
    with serving(upload, full, upload) as server:
        submission = Submission(Calls(Site(server.address, "pb_x")), parcel, server.address)
        with pytest.raises(SubmissionRefused, match="disk of this site is full"):
            submission.send(lambda done, size: None)
    assert [method for method, *_ in server.asked] == ["POST", "PATCH", "GET"]
