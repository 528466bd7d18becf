"""Every byte of an archive's headers, changed: samples or a SampleFileError come out, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample
from evaluator.sample_files import read_all
from tests.mutations.packing import Member, Package

LINE = b'{"task_id": "HumanEval/0", "completion": "    return True"}\n'
HUMANEVAL = load_benchmark("humaneval")
PACKAGES = {
    container: Package(container, (Member("samples.jsonl", LINE),)).packed()
    for container in ("gzip", "zstd", "zip", "tar", "tar.gz", "tar.zst")
}
VALUES = (0x00, 0x7F, 0xFF)
HEADER_BYTES = 600  # a tar archive goes on with zeros


def samples_or_refusal(path: Path) -> tuple[Sample, ...] | str:
    try:
        return read_all(path, HUMANEVAL).samples
    except SampleFileError as error:
        return str(error)


@pytest.mark.parametrize("container", PACKAGES)
def test_any_byte_may_be_another_one(container: str, tmp_path: Path) -> None:
    whole = PACKAGES[container]
    path = tmp_path / "samples.bin"
    path.write_bytes(whole)
    assert isinstance(samples_or_refusal(path), tuple)
    refused = 0
    for at in range(min(len(whole), HEADER_BYTES)):
        for value in VALUES:
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            found = samples_or_refusal(path)
            refused += isinstance(found, str)
            assert found, f"byte {at} = {value:#04x}: neither samples nor a reason"
    assert refused


@pytest.mark.parametrize("container", PACKAGES)
def test_it_may_end_anywhere(container: str, tmp_path: Path) -> None:
    whole = PACKAGES[container]
    path = tmp_path / "samples.bin"
    for end in range(min(len(whole), HEADER_BYTES)):
        path.write_bytes(whole[:end])
        found = samples_or_refusal(path)
        assert found, f"ends at byte {end}: neither samples nor a reason"
