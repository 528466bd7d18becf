"""Files that the field's own tools wrote go in, and come out with the figures that those tools print."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluator.problem_sets import load_benchmark
from evaluator.records import Benchmark, CountRecord, Limits, Program, Sample, Verdict, program_of
from evaluator.sample_files import BadLine, ReadOptions, SampleStream, preview, read_all
from evaluator.score import score
from tests.code_map import ROOT

FOLDER = ROOT / "tests" / "sample_files"
# Written by hand, and read by people or by the recipes.
NO_SAMPLES = {"README.md", "index.toml", "bigcodebench/problems.jsonl"}


@dataclass(frozen=True)
class Expected:
    """A row of index.toml."""

    row: dict[str, Any]

    @property
    def path(self) -> Path:
        return FOLDER / str(self.row["path"])

    @property
    def options(self) -> ReadOptions:
        return ReadOptions.from_dict(self.row.get("options", {}))

    @property
    def benchmark(self) -> Benchmark:
        problems = self.row.get("problems")
        return _benchmark(FOLDER / problems if problems else None)

    def __str__(self) -> str:
        options = self.row.get("options")
        return f"{self.row['path']} {options}" if options else str(self.row["path"])


@cache
def _benchmark(problems: Path | None) -> Benchmark:
    return load_benchmark("humaneval", problems)


def _index() -> list[Expected]:
    return [Expected(row) for row in tomllib.loads((FOLDER / "index.toml").read_text())["file"]]


INDEX = _index()
WITH_TESTS = [one for one in INDEX if "passed" in one.row]
WITH_VERDICTS = [one for one in INDEX if "reported" in one.row]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, bool]:
    """Whether each program of all files passes, by its key; each is run once."""
    found: dict[str, bool] = {}
    for problems in {one.row.get("problems") for one in WITH_TESTS}:
        rows = [one for one in WITH_TESTS if one.row.get("problems") == problems]
        benchmark = rows[0].benchmark
        samples = [sample for one in rows for sample in _samples(one)]
        scores = score(benchmark, samples, Limits(cpu_seconds=1), workers=2)
        for sample, judgement in zip(samples, scores.judgements, strict=True):
            assert judgement.verdict is not Verdict.EVALUATOR_ERROR
            found[_program(benchmark, sample).key] = judgement.verdict is Verdict.PASSED
    return found


def _samples(one: Expected) -> tuple[Sample, ...]:
    return read_all(one.path, one.benchmark, one.options).samples


def _program(benchmark: Benchmark, sample: Sample) -> Program:
    return program_of(benchmark.by_task_id[sample.task_id], sample)


def test_every_file_is_in_the_index() -> None:
    """A file that no row names would be looked at by nobody."""
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    there = {name for name in there if not name.startswith("recipes/")}
    assert there - NO_SAMPLES == {str(one.row["path"]) for one in INDEX}


@pytest.mark.parametrize("one", INDEX, ids=str)
def test_its_format_is_recognised_by_content(one: Expected) -> None:
    options = {name: value for name, value in one.row.get("options", {}).items() if name != "format"}
    stream = SampleStream(one.path, one.benchmark, ReadOptions.from_dict(options), label="a file")
    items = list(stream.items())
    assert stream.format is not None
    assert stream.format.name == one.row["format"]
    assert not [item for item in items if isinstance(item, BadLine)]


@pytest.mark.parametrize("one", WITH_TESTS, ids=str)
def test_its_preview_says_that_it_can_be_scored(one: Expected) -> None:
    seen = preview(one.path, one.benchmark, one.path.name, options=one.options)
    assert seen.usable
    assert (seen.coverage.n_min, seen.coverage.n_max) == (one.row["n"], one.row["n"])
    assert seen.coverage.covered == len(one.row["passed"])
    assert seen.carries_verdicts is ("reported" in one.row)


@pytest.mark.sandbox
@pytest.mark.parametrize("one", WITH_TESTS, ids=str)
def test_its_samples_pass_as_often_here_as_with_the_tool(one: Expected, verdicts: dict[str, bool]) -> None:
    drawn: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for sample in _samples(one):
        drawn[sample.task_id] += 1
        passed[sample.task_id] += verdicts[_program(one.benchmark, sample).key]
    assert dict(drawn) == dict.fromkeys(one.row["passed"], one.row["n"])
    assert {task_id: passed[task_id] for task_id in drawn} == one.row["passed"]
    assert _mean(passed, drawn) == pytest.approx(one.row["pass@1"], abs=1e-4)


@pytest.mark.parametrize("one", WITH_VERDICTS, ids=str)
def test_its_own_verdicts_are_read_as_they_stand_there(one: Expected) -> None:
    drawn: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for item in SampleStream(one.path, one.benchmark, one.options).items():
        assert not isinstance(item, BadLine)
        if isinstance(item, CountRecord):
            drawn[item.task_id] += item.n
            passed[item.task_id] += item.c
        else:
            assert item.reported is not None
            drawn[item.task_id] += 1
            passed[item.task_id] += item.reported.passed
    assert {task_id: passed[task_id] for task_id in drawn} == one.row["reported"]
    assert set(drawn.values()) == {one.row["n"]}
    if "passed" not in one.row:
        assert _mean(passed, drawn) == pytest.approx(one.row["pass@1"], abs=1e-4)


def _mean(passed: Counter[str], drawn: Counter[str]) -> float:
    return sum(passed[task_id] / n for task_id, n in drawn.items()) / len(drawn)
