"""Formats: told by content, their records read strictly, every fault named by its field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluator.errors import SampleFileError
from evaluator.records import Sample, TextKind
from evaluator.sample_files import FORMATS, BadLine, detect, read_samples

COMPLETION = '{"task_id": "HumanEval/0", "completion": "    return 1"}'
SOLUTION = '{"task_id": "HumanEval/0", "solution": "def f(): return 1"}'
NESTED = "[" * 100_000 + "]" * 100_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "samples.jsonl"


def only(path: Path, line: str | bytes) -> Sample | BadLine:
    """What is read from `line` as the second of a human-eval file."""
    data = line if isinstance(line, bytes) else line.encode()
    path.write_bytes(COMPLETION.encode() + b"\n" + data + b"\n" + COMPLETION.encode())
    first, item, last = read_samples(path)
    assert isinstance(first, Sample)
    assert isinstance(last, Sample)
    return item


def with_field(name: str, value: str) -> str:
    """A human-eval line with one more field, its value given as JSON text."""
    return f"{COMPLETION[:-1]}, {json.dumps(name)}: {value}}}"


@pytest.mark.parametrize(("line", "name"), [(COMPLETION, "human-eval"), (SOLUTION, "evalplus")])
def test_the_format_is_told_by_content(file: Path, line: str, name: str) -> None:
    file.write_text(f"\n{line}\n")
    assert detect(file).name == name


def test_a_record_with_both_texts_is_a_solution(file: Path) -> None:
    file.write_text('{"task_id": "a", "completion": "x", "solution": "y"}')
    [sample] = read_samples(file)
    assert sample == Sample("a", "y", TextKind.SOLUTION, 1, {})


def test_a_damaged_beginning_does_not_hide_the_format(file: Path) -> None:
    file.write_text("\n".join(["{", '{"id": 1}', COMPLETION, COMPLETION]))
    items = list(read_samples(file))
    assert [type(item) for item in items] == [BadLine, BadLine, Sample, Sample]


def test_format_names_are_distinct() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ('{"question": 1, "codes": []}', "its first record has the fields question, codes"),
        ("{}", "its first record has no fields"),
        ("[[1]]", "its first element is an array"),
        ('{\n"a":\n1\n}', "its first record has the fields a"),
        ("hello", "line 1: not valid JSON at character 1"),
        ("\n{\n", "line 2: not valid JSON"),
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        (json.dumps({f"k{i}": i for i in range(99)}), r"k10, k11, … \(99 in all\)"),
    ],
)
def test_an_unknown_form_is_described_beside_the_known_ones(file: Path, content: str, seen: str) -> None:
    file.write_text(content)
    with pytest.raises(
        SampleFileError,
        match=rf"samples\.jsonl: .*{seen}.*human-eval JSONL \(task_id, completion\).*EvalPlus",
    ):
        detect(file)


def test_a_completion_is_read(file: Path) -> None:
    assert only(file, COMPLETION) == Sample("HumanEval/0", "    return 1", TextKind.COMPLETION, 2, {})


@pytest.mark.parametrize("line", [f"{COMPLETION}\r", f"\t {COMPLETION} \t\r", f"{COMPLETION}{' ' * 5000}"])
def test_white_space_around_a_record_is_nothing(file: Path, line: str) -> None:
    assert only(file, line) == only(file, COMPLETION)


def test_text_of_any_language_is_kept(file: Path) -> None:
    text = "    return 'é 漢 😀'\r\n\t"
    sample = only(file, json.dumps({"task_id": "HumanEval/0", "completion": text}))  # 😀 as \ud83d\ude00
    assert isinstance(sample, Sample)
    assert sample.text == text


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        (b'{"task_id": "a", "completion": "\xff"}', None, "invalid UTF-8 at byte 33"),
        (b'{"task_id": "a", "completion": "\xed\xa0\x80"}', None, "invalid UTF-8"),
        ("{", None, "not valid JSON at character"),
        (COMPLETION + COMPLETION, None, f"not valid JSON at character {len(COMPLETION) + 1}: Extra data"),
        (COMPLETION + " \v", None, f"not valid JSON at character {len(COMPLETION) + 2}: Extra data"),
        (COMPLETION + "\u00a0", None, f"not valid JSON at character {len(COMPLETION) + 1}: Extra data"),
        ("\v" + COMPLETION, None, "not valid JSON at character 1: Expecting value"),
        ("[1]", None, "not an array"),
        ('"text"', None, "not a string"),
        ("null", None, "not null"),
        ("true", None, "not a boolean"),
        ("12", None, "not a number"),
        (NESTED, None, "nested too deeply"),
        (with_field("x", NESTED), None, "nested too deeply"),
        (with_field("x", "9" * 5000), None, "too many digits"),
        (with_field("x", "9" * 400), "x", "not a finite number"),
        (with_field("x", "-1e999"), "x", "not a finite number"),
        (with_field("x", "NaN"), None, "NaN is not JSON"),
        (with_field("x", "[-Infinity]"), None, "-Infinity is not JSON"),
        (with_field("completion", '"again"'), "completion", "stands twice"),
        (with_field("x", '{"y": 1, "y": 1}'), "y", "stands twice"),
        (with_field("x\n\ud800", "1"), r"x\n\ud800", "printable"),
        (with_field("x" * 65, "1"), "x" * 60 + "…", "1 to 64 printable"),
        (with_field("", "1"), "", "1 to 64 printable"),
        (with_field("logprobs", "[1e308, 1e308]"), "logprobs", "its sum is not a finite number"),
        (with_field("logprobs", "[0, 1e999]"), "logprobs", "not a finite number"),
        (json.dumps({"completion": "x"}), "task_id", "is missing"),
        (json.dumps({"task_id": "a"}), "completion", "is missing"),
        (json.dumps({"task_id": 0, "completion": "x"}), "task_id", "not a number"),
        (json.dumps({"task_id": "a", "completion": None}), "completion", "not null"),
        (json.dumps({"task_id": "a", "completion": ["x"]}), "completion", "not an array"),
        (json.dumps({"task_id": "a", "completion": {}}), "completion", "not an object"),
        (json.dumps({"task_id": "", "completion": "x"}), "task_id", "non-empty"),
        (json.dumps({"task_id": "a\n", "completion": "x"}), "task_id", "control characters"),
        (json.dumps({"task_id": "a" * 201, "completion": "x"}), "task_id", "longer than 200"),
        (json.dumps({"task_id": "a", "completion": "x\x00"}), "completion", "NUL character, at character 2"),
        (json.dumps({"task_id": "a\x00", "completion": "x"}), "task_id", "NUL character"),
        (
            json.dumps({"task_id": "a", "completion": "x\ud800"}),
            "completion",
            "lone surrogate, at character 2",
        ),
        (json.dumps({"task_id": "\udfff", "completion": "x"}), "task_id", "lone surrogate"),
        (json.dumps(json.loads(COMPLETION) | {f"k{i}": i for i in range(33)}), None, "more than 32 numeric"),
    ],
)
def test_a_bad_line_is_named_by_line_and_field(
    file: Path, line: str | bytes, field: str | None, message: str
) -> None:
    bad = only(file, line)
    assert isinstance(bad, BadLine)
    assert (bad.line, bad.field) == (2, field)
    assert message in bad.message
    str(bad).encode()  # can be printed and stored whatever the file held


def rankers(path: Path, fields: dict[str, object]) -> dict[str, float]:
    sample = only(path, json.dumps({"task_id": "a", "completion": "x", **fields}))
    assert isinstance(sample, Sample), sample
    return dict(sample.rankers)


def test_numeric_fields_are_rankers_and_nothing_else_is(file: Path) -> None:
    fields = {
        "score": -0.5,
        "votes": 3,
        "flag": True,
        "note": "7",
        "nothing": None,
        "list": [1],
        "deep": {"a": 1},
    }
    assert rankers(file, fields) == {"score": -0.5, "votes": 3.0}


def test_32_rankers_are_kept(file: Path) -> None:
    assert len(rankers(file, {f"k{i}": i for i in range(32)})) == 32


def test_verdicts_of_another_harness_are_no_rankers(file: Path) -> None:
    assert rankers(file, {"passed": 1, "result": 0.5, "verdict": 2, "detail": 3, "mean": 4}) == {"mean": 4.0}


@pytest.mark.parametrize("name", ["logprobs", "token_logprobs"])
def test_token_log_probabilities_become_their_mean_and_sum(file: Path, name: str) -> None:
    assert rankers(file, {name: [-1, -2.0, -0.5, -0.5]}) == {"mean_logprob": -1.0, "sum_logprob": -4.0}


def test_a_stated_mean_wins_over_the_computed_one(file: Path) -> None:
    found = rankers(file, {"logprobs": [-1.0, -3.0], "mean_logprob": -9})
    assert found == {"mean_logprob": -9.0, "sum_logprob": -4.0}


@pytest.mark.parametrize("value", [[], [None, -1.0], [[-1.0]], ["-1"], [True], {"a": -1.0}, "x"])
def test_other_forms_of_log_probabilities_are_not_guessed_at(file: Path, value: object) -> None:
    assert rankers(file, {"logprobs": value}) == {}
