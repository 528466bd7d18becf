"""Problem files in EvalPlus's form: told by content, base or all tests, its rules for what is right."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.check import Check
from evaluator.errors import ProblemSetError
from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.problem_sets.evalplus_inputs import typed
from evaluator.problem_sets.evalplus_oracles import cases
from evaluator.records import Benchmark, Judgement, Limits, Sample, TextKind, Verdict, program_of
from evaluator.sandbox.values_in import Drained, Opaque

RECORD: dict[str, Any] = {
    "task_id": "HumanEval/900",
    "prompt": "def half(n):\n",
    "entry_point": "half",
    "canonical_solution": "    return n / 2\n",
    "base_input": [[4], [6]],
    "plus_input": [[5], [-3]],
    "atol": 0,
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*records: object) -> Path:
        path = tmp_path / "problems.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return written


def accepts(task_id: str, reference: Callable[..., Any], arguments: tuple[Any, ...], answer: object) -> bool:
    (case,) = cases(task_id, reference, 0, [arguments])
    return bool(case.wanted == answer)


def judged(benchmark: Benchmark, source: str) -> Judgement:
    problem = benchmark.problems[0]
    program = program_of(problem, Sample(problem.task_id, source, TextKind.SOLUTION, 1))
    with Evaluator(Limits(cpu_seconds=1.0)) as evaluator:
        (judgement,) = evaluator.judge(problem, [program])
    return judgement


def test_a_file_is_recognised_by_content_and_gives_two_benchmarks(write: Write) -> None:
    plus, base = (
        load_benchmark("humaneval", write(RECORD)),
        load_benchmark("humaneval", write(RECORD), "base"),
    )
    assert (plus.slug, base.slug) == ("humaneval-plus", "humaneval-base")
    assert plus.version != base.version
    assert [len(Check(benchmark.problems[0]).calls) for benchmark in (plus, base)] == [4, 2]
    mbpp = load_benchmark("humaneval", write({**RECORD, "task_id": "Mbpp/900"}))
    assert mbpp.slug == "mbpp-plus"


def test_a_file_of_neither_set_is_refused(write: Write) -> None:
    with pytest.raises(ProblemSetError, match=r"Mine/0 is neither of HumanEval\+ nor of MBPP\+"):
        load_benchmark("humaneval", write({**RECORD, "task_id": "Mine/0"}))


def test_other_files_have_no_base_tests(write: Write) -> None:
    record = {name: value for name, value in RECORD.items() if not name.endswith("_input")}
    path = write({**record, "test": "def check(candidate):\n    assert candidate(4) == 2\n"})
    assert load_benchmark("humaneval", path).slug == "humaneval"
    with pytest.raises(ProblemSetError, match="EvalPlus's form"):
        load_benchmark("humaneval", path, "base")


@pytest.mark.parametrize(
    ("field", "value"),
    [("base_input", 3), ("plus_input", [4]), ("atol", "x"), ("atol", -1), ("prompt", None)],
)
def test_a_field_that_cannot_be_used_is_named(write: Write, field: str, value: object) -> None:
    with pytest.raises(ProblemSetError, match=rf"problems\.jsonl:2: {field}: "):
        load_benchmark("humaneval", write(RECORD, {**RECORD, "task_id": "HumanEval/901", field: value}))


def test_infinity_and_missing_inputs_are_read_as_evalplus_writes_them(write: Write) -> None:
    path = write({**RECORD, "base_input": [[math.inf], [math.nan]], "plus_input": {}})
    assert "Infinity" in path.read_text()
    assert len(Check(load_benchmark("humaneval", path).problems[0]).calls) == 2


@pytest.mark.sandbox
def test_verdicts_come_with_call_actual_and_expected(write: Write) -> None:
    benchmark = load_benchmark("humaneval", write(RECORD))
    assert judged(benchmark, "def half(n):\n    return n * 0.5 + 1e-9\n").verdict is Verdict.PASSED
    wrong = judged(benchmark, "def half(n):\n    return n // 2\n")
    assert wrong.verdict is Verdict.WRONG_ANSWER
    found = wrong.detail
    assert (found.call, found.actual, found.expected) == ("half(5)", "2", "2.5")
    assert found.message == "differs by more than 1e-06"


@pytest.mark.sandbox
def test_a_reference_that_calls_itself_plans_only_the_inputs(write: Write) -> None:
    source = "    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
    record = {**RECORD, "prompt": "def fib(n):\n", "entry_point": "fib", "canonical_solution": source}
    benchmark = load_benchmark("humaneval", write(record | {"plus_input": [[10], [12]]}))
    assert len(Check(benchmark.problems[0]).calls) == 4
    assert judged(benchmark, "def fib(n):\n" + source).verdict is Verdict.PASSED


@pytest.mark.sandbox
def test_only_where_the_rule_is_found_or_not_an_object_is_an_answer(write: Write) -> None:
    source = "import re\ndef check_str(text):\n    return re.match('[aeiou]', text)\n"
    record = {**RECORD, "entry_point": "check_str", "prompt": "", "canonical_solution": source}
    record |= {"base_input": [["annie"]], "plus_input": [["dawood"]]}
    found = judged(load_benchmark("humaneval", write({**record, "task_id": "Mbpp/737"})), source)
    assert found.verdict is Verdict.PASSED
    found = judged(load_benchmark("humaneval", write({**record, "task_id": "Mbpp/738"})), source)
    assert found.verdict is Verdict.WRONG_ANSWER


def test_the_reference_runs_once_for_each_input(write: Write, tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = f"    with open({str(log)!r}, 'a') as log: log.write('x')\n    return n\n"
    Check(load_benchmark("humaneval", write({**RECORD, "canonical_solution": source})).problems[0])
    assert log.read_text() == "xxxx"


@pytest.mark.parametrize(
    ("expected", "answer", "right"),
    [
        (2.5, 2.5 + 1e-7, True),
        (2.5, 2.5 + 1e-5, False),
        (2.0, 2, True),
        (2.5, [2.5], False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-7], True),
        ([1.0, 2.0], (1.0, 2.0 + 1e-7), False),
        ([1.0, 2.0], [1.0], False),
        ([1.0, 2.0], [1.0, "2.0"], False),
        (1e300, 10**400, False),
        (math.inf, math.inf, True),
        (math.nan, math.nan, False),
        (3, 3.0, True),
        (3, 4, False),
        ("a", "b", False),
        (3, Opaque("Number"), False),
        ([1, 2], Drained([1, 2], True), False),
    ],
)
def test_floats_are_compared_with_a_tolerance_and_all_else_exactly(
    expected: object, answer: object, right: bool
) -> None:
    assert accepts("HumanEval/900", lambda: expected, (), answer) is right


def test_from_the_first_expected_float_on_every_answer_has_the_tolerance() -> None:
    made = cases("Mbpp/900", lambda n: n, 0, [(1,), (1.0,), (10**9,)])
    assert [case.wanted.tolerance for case in made] == [0, 1e-6, 1e-6]
    assert made[2].wanted == 10**9 + 1
    assert made[0].wanted != 1 + 1e-9


@pytest.mark.parametrize(
    ("task_id", "arguments", "expected", "right", "wrong"),
    [
        ("Mbpp/2", (), [1, 2], {2, 1}, [1, [2]]),
        ("Mbpp/2", (), [1, 2], Drained([2, 1, 1], True), None),
        ("Mbpp/737", (), "match", Opaque("re.Match"), None),
        ("Mbpp/737", (), None, False, Opaque("re.Match")),
        ("Mbpp/737", (), "match", True, False),
        ("Mbpp/558", (1, 23), 22, 4, 5),
        ("Mbpp/558", (-1, 23), 24, 24, 5),
        ("Mbpp/581", (3, 4), 33, 35, 34),
        ("Mbpp/581", (3, 4), 33, 33, "33"),
        ("Mbpp/295", (8,), 7, 0, 8),
        ("HumanEval/32", ([-6, 11, -6, 1],), 1.0, 3.0, 4.0),
        ("HumanEval/32", ([1, 2],), -0.5, -0.5, Opaque("Number")),
        ("HumanEval/32", ([1, 2],), -0.5, -0.5, math.nan),
    ],
)
def test_some_problems_have_a_rule_of_their_own(
    task_id: str, arguments: tuple[Any, ...], expected: object, right: object, wrong: object
) -> None:
    tolerance = 1e-4 if task_id == "HumanEval/32" else 0
    (case,) = cases(task_id, lambda *_: expected, tolerance, [arguments])
    assert case.wanted == right
    assert case.wanted != wrong


@pytest.mark.parametrize(
    ("task_id", "given", "wanted"),
    [
        ("Mbpp/900", [[1], "a"], ([1], "a")),
        ("Mbpp/2", [[1, 2], [3]], ((1, 2), (3,))),
        ("Mbpp/63", [[[1, 2], [3]]], ([(1, 2), (3,)],)),
        ("Mbpp/75", [[[1, 2]], 4], ([(1, 2)], 4)),
        ("Mbpp/106", [[1], [2]], ([1], (2,))),
        ("Mbpp/115", [[[1, 1], [], {}]], ([{1}, {}, {}],)),
        ("Mbpp/124", ["1", "2j"], (1.0, 2j)),
        ("Mbpp/307", [[1], 2, 3], ((1,), 2, 3)),
        ("Mbpp/252", ["1+2j"], (1 + 2j,)),
        ("Mbpp/259", [[[1], [2]]], (((1,), (2,)),)),
        ("Mbpp/278", [[1, [2]]], ((1, (2,)),)),
        ("Mbpp/580", [[1, [2, [3]]]], ((1, (2, (3,))),)),
        ("Mbpp/722", [{"a": [1, 2]}, 3], ({"a": (1, 2)}, 3)),
    ],
)
def test_inputs_get_the_types_that_json_lacks(
    task_id: str, given: list[Any], wanted: tuple[Any, ...]
) -> None:
    (found,) = typed(task_id, [given])
    assert found == wanted
    assert repr(found) == repr(wanted)  # (1,) == (1.0,), but not the same arguments


@pytest.mark.reference_data
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")  # in MBPP's references
@pytest.mark.parametrize("name", ["HumanEvalPlus", "MbppPlus"])
def test_references_pass_their_own_base_tests(reference_data: Path, name: str) -> None:
    benchmark = load_benchmark("humaneval", reference_data / "problems" / f"{name}.jsonl.gz", "base")
    with gzip.open(reference_data / "problems" / f"{name}.jsonl.gz") as lines:
        assert len(benchmark.problems) == sum(1 for _ in lines)
    with Evaluator(Limits(cpu_seconds=3.0), ("numpy",)) as evaluator:
        for problem in benchmark.problems:
            sample = Sample(problem.task_id, problem.canonical_solution, TextKind.COMPLETION, 1)
            (judgement,) = evaluator.judge(problem, [program_of(problem, sample)])
            assert judgement.verdict is Verdict.PASSED, (problem.task_id, judgement)
