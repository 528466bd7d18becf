"""Real programs with the verdict and the detail that each must get."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.problem_sets.jsonl import read_problems
from evaluator.records import Judgement, Limits, Problem, Sample, TextKind, Verdict, program_of

FOLDER = Path(__file__).parent.parent / "golden"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/expected.json"))
LIMITS = Limits(cpu_seconds=0.5, wall_factor=6.0)

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(LIMITS, ("numpy",)) as opened:
        yield opened


@cache
def problems() -> dict[str, Problem]:
    own = read_problems(FOLDER / "problems.jsonl")
    return {problem.task_id: problem for problem in (*load_benchmark("humaneval").problems, *own)}


def expected_of(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((FOLDER / name / "expected.json").read_text())
    return expected


def judged(evaluator: Evaluator, name: str) -> Judgement:
    expected = expected_of(name)
    problem = problems()[expected["task_id"]]
    text = (FOLDER / name / "program.py").read_bytes().decode()
    sample = Sample(problem.task_id, text, TextKind(expected["kind"]), 1)
    (judgement,) = evaluator.judge(problem, [program_of(problem, sample)])
    return judgement


def test_every_verdict_on_a_program_has_three_golden_ones() -> None:
    counts = Counter(expected_of(name)["verdict"] for name in NAMES)
    assert all(counts[verdict] >= 3 for verdict in Verdict if verdict is not Verdict.EVALUATOR_ERROR), counts


@pytest.mark.parametrize("name", NAMES)
def test_golden_program_gets_its_verdict(evaluator: Evaluator, name: str) -> None:
    expected = expected_of(name)
    judgement = judged(evaluator, name)
    assert judgement.verdict == expected["verdict"], judgement.detail
    found = json.loads(json.dumps(asdict(judgement.detail)))  # a tuple is a list there
    assert {field: found[field] for field in expected["detail"]} == expected["detail"]
    assert judgement.cpu_seconds < expected.get("cpu_below", 10 * LIMITS.cpu_seconds)


def test_reference_solutions_of_humaneval_pass(evaluator: Evaluator) -> None:
    failed = {}
    for problem in load_benchmark("humaneval").problems:
        sample = Sample(problem.task_id, problem.canonical_solution, TextKind.COMPLETION, 1)
        (judgement,) = evaluator.judge(problem, [program_of(problem, sample)])
        if judgement.verdict is not Verdict.PASSED:
            failed[problem.task_id] = judgement
    assert not failed
