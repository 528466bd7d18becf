"""Whatever the bytes are, only samples, bad lines and SampleFileError come out."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample
from evaluator.sample_files import (
    FORMATS,
    FileLimits,
    ReadOptions,
    SampleFormat,
    preview,
    raw_records,
    read_all,
)
from tests.mutations.mutant import mutant

HUMANEVAL = load_benchmark("humaneval")
LIMITS = FileLimits(inflated_bytes=1 << 20, line_bytes=1 << 16, lines=1000)
LINES = [
    b'{"task_id": "HumanEval/0", "completion": "    return \\"\\u00e9\\"", "mean_logprob": -1.5}',
    b'{"task_id": "HumanEval/1", "solution": "def f():\\n    pass", "logprobs": [-1, -2.5e-3], "passed": 1}',
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
field_names = st.sampled_from(["task_id", "completion", "solution", "logprobs", "passed", "x", "\ud800"])
records = st.dictionaries(field_names | st.text(max_size=5), json_values, max_size=6).map(
    lambda fields: json.dumps({"task_id": "HumanEval/0", "completion": "x"} | fields).encode()
)


@st.composite
def mutated_lines(draw: st.DrawFn) -> bytes:
    """A valid line with a few bytes replaced, inserted or cut."""
    line = bytearray(draw(st.sampled_from(LINES)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(line)))
        line[start : start + draw(st.integers(0, 3))] = draw(
            st.binary(max_size=3)
            | st.sampled_from([b'"', b"{", b"\\", b"\\ud800", b"\\u0000", b"1e999", b"NaN"])
        )
    return bytes(line)


contents = st.binary(max_size=300) | st.lists(
    st.sampled_from(LINES) | mutated_lines() | records | st.binary(max_size=20), max_size=8
).map(b"\n".join)


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "fuzzed.jsonl"


def survives(path: Path, content: bytes) -> None:
    """Reads the file in all ways; their answers agree, and everything in them can be stored."""
    path.write_bytes(content)
    try:
        shown = preview(path, HUMANEVAL, "fuzzed.jsonl", LIMITS)
    except SampleFileError as error:
        str(error).encode()
        with pytest.raises(SampleFileError):
            read_all(path, HUMANEVAL, limits=LIMITS)
        return
    for bad in shown.bad_lines:
        str(bad).encode()
    if shown.usable:
        found = read_all(path, HUMANEVAL, limits=LIMITS)
        assert len(found.samples) == shown.samples
        assert not found.of_lines or len(list(raw_records(path, LIMITS))) >= shown.samples
        for sample in found.samples:
            storable(sample)
    else:
        with pytest.raises(SampleFileError):
            read_all(path, HUMANEVAL, limits=LIMITS)


def storable(sample: Sample) -> None:
    json.dumps(
        [sample.task_id, sample.text, dict(sample.rankers)], ensure_ascii=False, allow_nan=False
    ).encode()


@settings(max_examples=400, deadline=None)
@given(content=contents)
def test_any_bytes_are_read_or_refused(path: Path, content: bytes) -> None:
    survives(path, content)


@settings(max_examples=200, deadline=None)
@given(content=contents, data=st.data())
def test_any_damage_to_a_gzip_file_is_read_or_refused(
    path: Path, content: bytes, data: st.DataObject
) -> None:
    packed = bytearray(gzip.compress(content, mtime=0))
    start = data.draw(st.integers(0, len(packed)))
    packed[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    survives(path, bytes(packed))


FIELDS = [
    "task_id",
    "solution",
    "results",
    "eval",
    "hash",
    "base_status",
    "question_id",
    "code_list",
    "graded_list",
]
FIELDS += [
    "metadata",
    "doc",
    "doc_hash",
    "filtered_resps",
    "filter",
    "name",
    "language",
    "prompt",
    "completions",
]
FIELDS += [
    "program",
    "status",
    "samples",
    "benchmark_id",
    "model",
    "example_id",
    "correct",
    "count",
    "base",
    "plus",
]
VALUES = [
    "HumanEval/0",
    "HumanEval_0_x",
    "py",
    "pass",
    "def add(x, y):\n",
    "```\nx",
    "OK",
    "success",
    "\ud800",
    "\x00",
]
documents = st.recursive(
    st.sampled_from(VALUES) | st.none() | st.booleans() | st.integers(-1, 9) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(document=documents, indent=st.none() | st.just(1), options=st.sampled_from(FORMATS))
def test_any_document_is_read_or_refused_by_every_format(
    path: Path, document: object, indent: int | None, options: type[SampleFormat]
) -> None:
    content = json.dumps(document, indent=indent).encode()
    survives(path, content)
    try:
        preview(path, HUMANEVAL, "x", LIMITS, ReadOptions(format=options.name))
    except SampleFileError as error:
        str(error).encode()


@pytest.mark.parametrize("number", range(0, 180, 60))
def test_damaged_files_of_every_format_in_every_container_are_read_or_refused(
    path: Path, number: int
) -> None:
    """The mutants that `benchmarks/mutated_uploads.py` sends to the site, here before the readers alone."""
    read: Counter[str] = Counter()
    for one in (mutant(number + step, seed=6) for step in range(60)):
        path.write_bytes(one.content)
        try:
            options = ReadOptions.from_dict(one.options)
            shown = preview(path, HUMANEVAL, one.file_name, options=options)
        except SampleFileError as error:
            str(error).encode()
            read["refused"] += 1
            continue
        json.dumps([str(bad) for bad in shown.bad_lines], ensure_ascii=False).encode()
        read["read"] += 1
    assert set(read) == {"refused", "read"}
