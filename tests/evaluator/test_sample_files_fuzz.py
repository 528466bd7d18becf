"""Whatever the bytes are, only samples, bad lines and SampleFileError come out."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample
from evaluator.sample_files import FileLimits, preview, raw_records, read_all

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
        assert len(found.samples) == shown.samples == len(list(raw_records(path, LIMITS)))
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
