"""A small sample file with known answers: reference solutions and programs that fail in known ways."""

from __future__ import annotations

import gzip
import json
from fractions import Fraction
from math import comb
from pathlib import Path

from evaluator.problem_sets import load_benchmark

N = 12
# How many of a problem's N samples pass.
PASSES = {
    "HumanEval/0": 12,
    "HumanEval/2": 9,
    "HumanEval/23": 6,
    "HumanEval/28": 1,
    "HumanEval/45": 0,
    "HumanEval/53": 3,
}
# HumanEval/53 is add(x, y), and its test begins with add(0, 1) == 1.
SUBTRACTS = "    return x - y\n"
FAILING_CALL, ACTUAL, EXPECTED = "add(0, 1)", "-1", "1"
# Completion and the verdict that it earns; one after the other for the samples that shall fail.
FAILURES = (
    ("    return None\n", "wrong_answer"),
    ("    raise KeyError('gone')\n", "exception"),
    ("    return (\n", "syntax_error"),
    ("    return None  # again\n", "wrong_answer"),
)


def write_samples(path: Path) -> dict[str, int]:
    """Writes the gzipped file; returns how many samples earn each verdict."""
    verdicts: dict[str, int] = {}
    with gzip.open(path, "wt") as file:
        for task_id, passes in PASSES.items():
            for index in range(N):
                completion, verdict = _sample(task_id, index, passes)
                verdicts[verdict] = verdicts.get(verdict, 0) + 1
                record = {"task_id": task_id, "completion": completion, "mean_logprob": -0.1 - index / 100}
                file.write(json.dumps(record) + "\n")
    return verdicts


def pass_at_k(k: int) -> str:
    """The figure as a page shows it, computed exactly and not by the site's code: "43.1"."""
    chances = [1 - Fraction(comb(N - passes, k), comb(N, k)) for passes in PASSES.values()]
    return f"{float(100 * sum(chances) / len(chances)):.1f}"


def _sample(task_id: str, index: int, passes: int) -> tuple[str, str]:
    if index < passes:
        solution = load_benchmark("humaneval").by_task_id[task_id].canonical_solution
        return f"{solution}    # attempt {index // 2}\n", "passed"
    if task_id == "HumanEval/53":
        return SUBTRACTS, "wrong_answer"
    return FAILURES[index % len(FAILURES)]
