"""Files of counts without code, and what a reader can be told about a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluator.errors import SampleFileError
from evaluator.records import CountRecord
from evaluator.sample_files import (
    ReadOptions,
    preview,
    read_all,
    read_counts,
)
from tests.evaluator.documents import ADD, HUMANEVAL, Write, faults


def arena(task: int, correct: Any, count: Any, **fields: Any) -> dict[str, Any]:
    row = {"benchmark_id": "humaneval", "model": "a", "example_id": f"HumanEval/{task}", "pass1": 0.5}
    return {**row, "correct": correct, "count": count, **fields}


def test_old_evalplus_results_are_counts(write: Write) -> None:
    statuses = {"nfiles": 3, "base": [["success", [True]], ["success", []], ["failed", None]]}
    path = write(
        {"eval": {ADD.task_id: {**statuses, "plus": [["success", []], ["timeout", []], ["failed", []]]}}}
    )
    assert read_counts(path, HUMANEVAL).counts == (CountRecord(ADD.task_id, 3, 2, 1),)
    assert read_counts(path, HUMANEVAL, ReadOptions(tests="plus")).counts[0].c == 1
    path = write({"eval": {"x": {"base": []}, "y": {"base": [[]]}, "z": 7}})
    assert faults(path) == [
        "problem 1: base: holds no status",
        "problem 2: base[0]: a status such as “success” was expected",
        "problem 3: results: an object was expected, not a number",
    ]


def test_counts_are_read_of_one_model(write: Write) -> None:
    path = write(arena(0, 4, 5), arena(0, 1, 2, model="b"), arena(1, 0.0, 5))
    found = read_counts(path, HUMANEVAL)
    assert found.counts == (
        CountRecord("HumanEval/0", 5, 4, 1, "a", "humaneval"),
        CountRecord("HumanEval/1", 5, 0, 3, "a", "humaneval"),
    )
    assert "“a” was read, “b” (1 rows) left out" in found.notes[0]
    assert read_counts(path, HUMANEVAL, ReadOptions(model="b")).counts[0].c == 1


def test_counts_can_be_previewed_but_not_scored(write: Write) -> None:
    path = write(arena(0, 4, 5), arena(1, 2, 5))
    shown = preview(path, HUMANEVAL, "counts.jsonl")
    assert (shown.counts_only, shown.usable, shown.first) == (True, False, ())
    assert (shown.samples, shown.reported, shown.reported_passed) == (10, 10, 6)
    assert (shown.coverage.covered, shown.coverage.n_min) == (2, 5)
    with pytest.raises(SampleFileError, match="holds counts and no code"):
        read_all(path, HUMANEVAL)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (arena(0, 6, 5), "2: correct: must be from 0 to 5"),
        (arena(0, 0, 0), "2: count: must be from 1 to 1,000,000"),
        (arena(0, True, 5), "2: correct: a whole number was expected, not a boolean"),
        (arena(0, 0.5, 5), "2: correct: a whole number was expected, not a number"),
        (arena(1, 1, 5), "2: task_id: HumanEval/1 stands in record 1, too"),
        (
            arena(999, 1, 5),
            "2: task_id: unknown problem “HumanEval/999”; HumanEval has HumanEval/0 … HumanEval/163",
        ),
    ],
)
def test_bad_counts_are_named(write: Write, row: Any, fault: str) -> None:
    path = write(arena(1, 1, 5), row)
    with pytest.raises(SampleFileError) as caught:
        read_counts(path, HUMANEVAL)
    assert str(caught.value) == f"{path}:{fault}"


def test_samples_are_no_counts(write: Write) -> None:
    with pytest.raises(SampleFileError, match="holds samples, not counts"):
        read_counts(write({"task_id": ADD.task_id, "completion": "    pass"}), HUMANEVAL)


@pytest.mark.parametrize(
    "values",
    [
        {"tests": "other"},
        {"start": -1},
        {"start": True},
        {"start": "1"},
        {"clean": 1},
        {"filter": "x" * 201},
        {"new": 1},
    ],
)
def test_options_that_nobody_can_use_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SampleFileError):
        ReadOptions.from_dict(values)


def test_options_can_be_kept_as_json() -> None:
    options = ReadOptions(format="bigcode", clean=False, start=3)
    assert options.as_dict() == {"format": "bigcode", "clean": False, "start": 3}
    assert ReadOptions.from_dict(json.loads(json.dumps(options.as_dict()))) == options
