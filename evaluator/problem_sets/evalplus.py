"""HumanEval+ and MBPP+ (Liu et al. 2023, arXiv:2305.01210), from a file in EvalPlus's own form.

Each record holds inputs instead of a test: `base_input` (those of the original test) and `plus_input` (many
more). What is right is what the reference solution, trusted code, answers to them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import evalplus_oracles
from evaluator.problem_sets.jsonl import entry_point_field, first_record, read_problems
from evaluator.records import Benchmark, Limits, Problem
from evaluator.sample_files.strict_json import FieldError, Record, json_type, task_id_field, text_field

BASE, PLUS = "base", "plus"
_FIELDS = {BASE: ["base_input"], PLUS: ["base_input", "plus_input"]}
# A program makes all calls of its problem: up to 20 s (Mbpp/599) and 150 MB (HumanEval/15) by rights.
_LIMITS = {BASE: Limits(cpu_seconds=10.0), PLUS: Limits(cpu_seconds=60.0, result_bytes=256 << 20)}
_URL = "https://github.com/evalplus/evalplus"
_FAMILIES = {"HumanEval/": ("humaneval", "HumanEval"), "Mbpp/": ("mbpp", "MBPP")}
_TEST = """\
import json
from evaluator.problem_sets.evalplus_inputs import typed
from evaluator.problem_sets.evalplus_oracles import cases  # rules, version {version}

_cases = [
    case
    for inputs in (
{inputs}
    )
    for case in cases({task_id!r}, {entry_point}, {tolerance!r}, typed({task_id!r}, json.loads(inputs)))
]
planned_calls = [case.arguments for case in _cases]
accepts_objects = {accepts_objects}


def check(candidate):
    for case in _cases:
        assert case.wanted == candidate(*case.arguments), case.rule
"""


def recognises(path: Path) -> bool:
    """Whether a problem file is in EvalPlus's form, by its first record."""
    record = first_record(path)
    return record is not None and {"base_input", "plus_input"} <= record.keys()


def load(path: Path, tests: str = PLUS) -> Benchmark:
    """`humaneval-plus` or `mbpp-plus`; with `tests` "base" `humaneval-base` or `mbpp-base`.

    Raises ProblemSetError naming file, line and field of what can't be used.
    """
    problems = read_problems(path, lambda record: _problem(record, tests))
    first = problems[0].task_id
    family = next((family for start, family in _FAMILIES.items() if first.startswith(start)), None)
    if family is None:
        raise ProblemSetError(f"{path}: {first} is neither of HumanEval+ nor of MBPP+")
    slug, name = family
    which = "the inputs of the original tests" if tests == BASE else "the original inputs and many more"
    return Benchmark(
        slug=f"{slug}-{tests}",
        name=f"{name}+" if tests == PLUS else f"{name}+, base tests",
        description=f"{name}'s problems, compared with the reference on {which} (Liu et al. 2023).",
        url=_URL,
        problems=problems,
        packages=("numpy",),
        limits=_LIMITS[tests],
    )


def _problem(record: Record, tests: str) -> Problem:
    task_id, entry_point = task_id_field(record), entry_point_field(record)
    inputs = [_inputs(record, name) for name in _FIELDS[tests]]
    return Problem(
        task_id=task_id,
        prompt=text_field(record, "prompt"),
        entry_point=entry_point,
        test=_TEST.format(
            version=evalplus_oracles.VERSION,
            inputs="\n".join(f"        {json.dumps(part)!r}," for part in inputs),
            task_id=task_id,
            entry_point=entry_point,
            tolerance=_tolerance(record),
            accepts_objects=evalplus_oracles.accepts_objects(task_id),
        ),
        canonical_solution=text_field(record, "canonical_solution"),
    )


def _inputs(record: Record, name: str) -> list[Any]:
    value = record.get(name)
    # EvalPlus writes an empty object where a problem has no input.
    if value == {}:
        return []
    if not isinstance(value, list) or not all(isinstance(item, list) for item in value):
        raise FieldError(name, f"a list of argument lists was expected, not {json_type(value)}")
    inputs: list[Any] = value
    return inputs


def _tolerance(record: Record) -> float:
    value = record.get("atol", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise FieldError("atol", "must be a number, 0 or more")
    return value
