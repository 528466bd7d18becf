"""Archives: read member by member, and every way to abuse one refused by name."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample
from evaluator.sample_files import BadLine, FileLimits, SampleStream, preview, read_samples
from evaluator.sample_files.limits import MIB
from tests.mutations import packing
from tests.mutations.packing import Member

HUMANEVAL = load_benchmark("humaneval")
LINE = b'{"task_id": "HumanEval/0", "completion": "    return 1"}\n'
PROGRAM = b"def has_close_elements(numbers, threshold):\n    return True\n"


def zipped(members: dict[str, bytes]) -> bytes:
    return packing.zipped(tuple(Member(name, content) for name, content in members.items()))


def tarred(members: dict[str, bytes]) -> bytes:
    return packing.tarred(tuple(Member(name, content) for name, content in members.items()))


MAKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {"zip": zipped, "tar": tarred}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "samples.bin"


@pytest.fixture(params=MAKERS)
def pack(request: pytest.FixtureRequest) -> Callable[[dict[str, bytes]], bytes]:
    return MAKERS[request.param]


def samples(path: Path, limits: FileLimits | None = None) -> list[Sample | BadLine]:
    return list(read_samples(path, HUMANEVAL, limits=limits or FileLimits()))


def refusal(path: Path, limits: FileLimits | None = None) -> str:
    with pytest.raises(SampleFileError) as caught:
        samples(path, limits)
    return str(caught.value)


@pytest.mark.parametrize(
    ("container", "data"),
    [
        ("zstd", zstd.compress(LINE * 3)),
        ("zstd", zstd.compress(LINE) + zstd.compress(LINE * 2)),
        ("zip", zipped({"samples.jsonl": LINE * 3})),
        ("zip", zipped({"samples.jsonl.gz": gzip.compress(LINE * 3)})),
        ("zip", zipped({"samples.jsonl.zst": zstd.compress(LINE * 3)})),
        ("tar", tarred({"samples.jsonl": LINE * 3})),
        ("tar, gzip", gzip.compress(tarred({"./samples.jsonl": LINE * 3}))),
        ("tar, zstd", zstd.compress(tarred({"long/" * 60 + "samples.jsonl": LINE * 3}))),
    ],
)
def test_the_container_is_told_by_content(file: Path, container: str, data: bytes) -> None:
    file.write_bytes(data)
    stream = SampleStream(file)
    assert sum(isinstance(item, Sample) for item in stream) == 3
    assert stream.source.container == container
    assert stream.source.stored_bytes == len(data)


def test_members_are_read_in_order_and_their_records_numbered_through(
    file: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    file.write_bytes(pack({"a.jsonl": LINE * 2, "b.jsonl": b"\n" + LINE + b"{\n"}))
    items = samples(file)
    assert [item.line for item in items] == [1, 2, 4, 5]
    assert isinstance(items[-1], BadLine)
    assert items[-1].place == "b.jsonl, line 3"


@pytest.mark.parametrize("name", [".DS_Store", "__MACOSX/._a.jsonl", "README.md", "run/.hidden", "folder/"])
def test_what_desktops_add_is_passed_over(
    file: Path, pack: Callable[[dict[str, bytes]], bytes], name: str
) -> None:
    file.write_bytes(pack({name: b"\x00\x01", "a.jsonl": LINE}))
    assert len(samples(file)) == 1


def test_other_files_beside_programs_are_left_out_and_named(
    file: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    file.write_bytes(pack({"HumanEval_0/0.py": PROGRAM, "run/log.txt": b"done", "HumanEval_0/1.py": PROGRAM}))
    shown = preview(file, HUMANEVAL, "run.zip")
    assert (shown.format, shown.samples, shown.usable) == ("evalplus-folder", 2, True)
    assert shown.notes == ("Left out of the archive: 1 other file (“run/log.txt”).",)


@pytest.mark.parametrize(
    "name", ["../a.jsonl", "/etc/a.jsonl", "a/../../b.jsonl", "C:\\a.jsonl", "\\a", "a\\..\\b"]
)
def test_a_member_that_leads_out_of_the_archive_is_refused(
    file: Path, pack: Callable[[dict[str, bytes]], bytes], name: str
) -> None:
    file.write_bytes(pack({"a.jsonl": LINE, name: LINE}))
    assert "leads out of the archive" in refusal(file)


@pytest.mark.parametrize(
    "inner", [zipped({"a": LINE}), tarred({"a": LINE}), gzip.compress(tarred({"a": LINE}))]
)
def test_an_archive_inside_of_an_archive_is_not_opened(
    file: Path, pack: Callable[[dict[str, bytes]], bytes], inner: bytes
) -> None:
    file.write_bytes(pack({"inner.bin": inner}))
    assert "archive inside of an archive" in refusal(file)


def test_a_packed_zip_is_not_opened(file: Path) -> None:
    file.write_bytes(gzip.compress(zipped({"a.jsonl": LINE})))
    assert "an archive inside of a gzip file" in refusal(file)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"),
        (tarfile.GNUTYPE_SPARSE, "a sparse file"),
        (b"V", "of an unknown kind"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(file: Path, kind: bytes, said: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        info = tarfile.TarInfo("a.jsonl")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    file.write_bytes(packed.getvalue())
    assert f"“a.jsonl” is {said}" in refusal(file)


def test_links_in_a_zip_are_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a.jsonl")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "“a.jsonl” is a symbolic link" in refusal(file)


def test_an_encrypted_member_is_named(file: Path) -> None:
    data = bytearray(zipped({"a.jsonl": LINE}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)
    assert "“a.jsonl” is encrypted" in refusal(file)


def test_other_packing_methods_are_named(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.jsonl", LINE)
    assert "method 14, not by deflate" in refusal(file)


def test_a_changed_member_does_not_pass_its_checksum(file: Path) -> None:
    file.write_bytes(zipped({"a.jsonl": LINE * 50}).replace(b"a.jsonl", b"b.jsonl"))
    assert len(samples(file)) == 50
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.jsonl", LINE)
    file.write_bytes(file.read_bytes().replace(b"return 1", b"return 2"))
    assert "checksum differs" in refusal(file)


def test_more_members_than_allowed_are_refused(file: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    file.write_bytes(pack({f"HumanEval_0/{number}.py": PROGRAM for number in range(6)}))
    assert len(samples(file, FileLimits(archive_members=6))) == 6
    assert "more than 5 members" in refusal(file, FileLimits(archive_members=5))


def test_the_directory_of_a_zip_is_not_believed(file: Path) -> None:
    """Its end says one member; there are more."""
    data = bytearray(zipped({f"HumanEval_0/{number}.py": PROGRAM for number in range(6)}))
    at = data.rindex(b"PK\x05\x06")
    data[at + 8 : at + 12] = b"\x01\x00\x01\x00"
    file.write_bytes(data)
    assert "more than 5 members" in refusal(file, FileLimits(archive_members=5))


def test_members_that_share_their_data_count_each_time(file: Path) -> None:
    """A zip of a few kilobytes whose hundred members all point at the same megabyte."""
    data = zipped({"a.jsonl": (b" " * 1023 + b"\n") * 1024})
    start, end = data.index(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    entry = data[start:end]
    tail = bytearray(data[end:])
    tail[8:12] = (100).to_bytes(2, "little") * 2
    tail[12:16] = (100 * len(entry)).to_bytes(4, "little")
    file.write_bytes(data[:start] + entry * 100 + bytes(tail))
    assert "decompression bomb" in refusal(file)


def test_an_empty_member_hides_nothing(file: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    file.write_bytes(pack({"a.jsonl": b"", "b.jsonl": b"\n\n", "c.jsonl": LINE}))
    assert [item.line for item in samples(file)] == [1]


@pytest.mark.parametrize("pack_bomb", [zstd.compress, lambda data: zipped({"a.jsonl": data})])
def test_a_bomb_is_refused_in_constant_memory(file: Path, pack_bomb: Callable[[bytes], bytes]) -> None:
    file.write_bytes(pack_bomb((b" " * 65_535 + b"\n") * 1024))
    tracemalloc.start()
    try:
        assert "decompression bomb" in refusal(file)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


def test_a_zstd_frame_that_wants_too_much_memory_is_refused(file: Path) -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.compression_level: 1}
    compressor = zstd.ZstdCompressor(options=options)
    file.write_bytes(compressor.compress(LINE * 2) + compressor.flush())
    assert "zstd data can't be unpacked" in refusal(file)
    assert len(samples(file, FileLimits(zstd_window_log=27))) == 2


def test_metadata_of_a_tar_is_not_read_whole_whatever_its_size(file: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.jsonl")
        info.pax_headers = {"comment": "x" * 100_000}
        archive.addfile(info)
    file.write_bytes(packed.getvalue())
    assert "bytes of metadata" in refusal(file)


@pytest.mark.parametrize(
    "packing", [zlib.compress, lambda data: b"PK\x05\x06", lambda data: data[: len(data) // 2]]
)
def test_half_an_archive_is_refused(file: Path, packing: Callable[[bytes], bytes]) -> None:
    file.write_bytes(packing(zipped({"a.jsonl": LINE * 100})))
    refusal(file)


def test_a_member_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(zipped({"HumanEval_0/0.py": b"\xff", "HumanEval_0/1.py": b"x\x00", "other/2.py": b"x"}))
    bad = [item for item in samples(file) if isinstance(item, BadLine)]
    assert [str(one) for one in bad] == [
        "HumanEval_0/0.py: invalid UTF-8 at byte 1",
        "HumanEval_0/1.py: text: holds a NUL character, at character 2",
        "other/2.py: a name such as HumanEval_0/0.py was expected, not “other/2.py”",
    ]


def test_thousands_of_members_are_read_in_constant_memory(
    file: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    file.write_bytes(pack({f"HumanEval_{number % 164}/{number}.py": PROGRAM for number in range(8000)}))
    tracemalloc.start()
    try:
        assert preview(file, HUMANEVAL, "run.zip").samples == 8000
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()


def test_a_zip_with_64_bit_fields_and_comments_is_read(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.jsonl", "b.jsonl"):
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(LINE * 3)
            archive.getinfo(name).comment = b"PK\x01\x02" * 20
    assert len(samples(file)) == 6


def test_an_archive_without_sample_files_is_refused(
    file: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    file.write_bytes(pack({"README.md": b"hello"}))
    assert "it is empty" in refusal(file)
    file.write_bytes(pack({"config.json": json.dumps({"model": "x"}).encode()}))
    assert "its first record has the fields model" in refusal(file)
