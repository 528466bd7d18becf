"""The reader: streaming with bad lines in place, or strictly all at once."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample, TextKind
from evaluator.sample_files import BadLine, FileLimits, ReadOptions, raw_records, read_all, read_samples
from evaluator.sample_files.limits import MIB

HUMANEVAL = load_benchmark("humaneval")
WriteLines = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteLines:
    def write_lines(*lines: str) -> Path:
        path = tmp_path / "samples.jsonl"
        path.write_text("\n".join(lines))
        return path

    return write_lines


def line(task: int | str = 0, **fields: object) -> str:
    task_id = f"HumanEval/{task}" if isinstance(task, int) else task
    return json.dumps({"task_id": task_id, "completion": f"    return {task!r}", **fields})


def test_samples_and_bad_lines_come_in_file_order(write: WriteLines) -> None:
    items = list(read_samples(write(line(3), "", "oops", line(1))))
    assert [item.line for item in items] == [1, 3, 4]
    assert [type(item) for item in items] == [Sample, BadLine, Sample]


def test_the_stream_starts_before_the_file_is_read_through(write: WriteLines) -> None:
    path = write(*[line(0)] * 60, "x" * 2000)
    stream = read_samples(path, limits=FileLimits(line_bytes=1000))
    assert all(isinstance(next(stream), Sample) for _ in range(50))
    with pytest.raises(SampleFileError, match=":61: the line is longer"):
        list(stream)


def test_long_records_are_not_hoarded_to_tell_the_format(write: WriteLines) -> None:
    path = write(*[line(0, note="x" * MIB)] * 49)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_samples(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 49
    assert peak < 24 * MIB


def test_a_given_format_is_not_second_guessed(write: WriteLines) -> None:
    [bad] = read_samples(write(line(0)), options=ReadOptions(format="evalplus"))
    assert bad == BadLine(1, "solution", "is missing")


@pytest.mark.parametrize("packed", [False, True])
def test_read_all_returns_every_sample_in_order(write: WriteLines, packed: bool) -> None:
    path = write(line(5, score=1), "", line(2), line(5))
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    found = read_all(path, HUMANEVAL)
    assert [(sample.task_id, sample.line) for sample in found.samples] == [
        ("HumanEval/5", 1),
        ("HumanEval/2", 3),
        ("HumanEval/5", 4),
    ]
    assert found.format.name == "human-eval"
    assert found.samples[0].kind is TextKind.COMPLETION
    assert found.samples[0].rankers == {"score": 1.0}
    assert not found.carries_verdicts


def test_read_all_sees_that_a_file_was_scored_elsewhere(write: WriteLines) -> None:
    assert read_all(write(line(0), line(1, passed=False, result="timed out")), HUMANEVAL).carries_verdicts


def test_read_all_names_file_line_and_field_of_a_bad_line(write: WriteLines) -> None:
    path = write(line(0), '{"task_id": "HumanEval/1", "completion": 7}', line(1))
    with pytest.raises(SampleFileError) as caught:
        read_all(path, HUMANEVAL)
    assert str(caught.value) == f"{path}:2: completion: a string was expected, not a number"


def test_read_all_takes_an_unknown_task_id_for_a_bad_line(write: WriteLines) -> None:
    with pytest.raises(
        SampleFileError,
        match=r":2: task_id: unknown problem “Mbpp/2”; HumanEval has HumanEval/0 … HumanEval/163",
    ):
        read_all(write(line(0), line("Mbpp/2")), HUMANEVAL)


def test_read_all_counts_all_bad_lines_and_lists_twenty(write: WriteLines) -> None:
    path = write(*[line(0)] * 40, *["{"] * 25, *[line("Other/1")] * 8)
    with pytest.raises(SampleFileError) as caught:
        read_all(path, HUMANEVAL, label="upload.jsonl")
    head, *listed, more = str(caught.value).splitlines()
    assert head == "upload.jsonl: 33 bad lines:"
    assert len(listed) == 20
    assert listed[0].startswith("upload.jsonl:41: not valid JSON")
    assert more == "… and 13 more"


def test_read_all_refuses_a_file_without_samples(write: WriteLines) -> None:
    path = write("")
    with pytest.raises(SampleFileError, match="empty"):
        read_all(path, HUMANEVAL)
    with pytest.raises(SampleFileError, match="holds no samples"):
        read_all(path, HUMANEVAL, ReadOptions(format="human-eval"))


def test_raw_records_repeat_the_objects_with_their_lines(write: WriteLines) -> None:
    records = [json.loads(line(0, note="é")), json.loads(line(1, nested={"a": [1, None]}))]
    path = write(json.dumps(records[0]), "", json.dumps(records[1]))
    assert list(raw_records(path)) == [(1, records[0]), (3, records[1])]


def test_raw_records_name_a_line_that_is_no_object(write: WriteLines) -> None:
    with pytest.raises(SampleFileError, match=r"samples\.jsonl:2: a JSON object was expected"):
        list(raw_records(write(line(0), "[]")))


@pytest.mark.reference_data
def test_a_real_file_of_16400_samples_is_read(reference_data: Path) -> None:
    path = reference_data / "samples" / "codegen-16b-mono_T0.8_n100.jsonl.gz"
    found = read_all(path, HUMANEVAL)
    assert len(found.samples) == 16_400
    assert [number for number, _ in raw_records(path)] == [sample.line for sample in found.samples]
