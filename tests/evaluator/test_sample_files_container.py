"""The container: plain or gzip by content, every cap in constant memory."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import SampleFileError
from evaluator.sample_files import FileLimits, LineReader
from evaluator.sample_files.limits import MIB

KIB = 1 << 10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "samples.bin"


def lines_of(path: Path, content: bytes, limits: FileLimits | None = None) -> list[tuple[int, bytes]]:
    path.write_bytes(content)
    return list(LineReader(path, limits or FileLimits()))


@pytest.mark.parametrize("name", ["plain.jsonl", "lying.jsonl.gz"])
def test_plain_text_is_told_by_content(tmp_path: Path, name: str) -> None:
    assert lines_of(tmp_path / name, b"one\ntwo\n") == [(1, b"one"), (2, b"two")]


@pytest.mark.parametrize("name", ["packed.jsonl.gz", "lying.jsonl"])
def test_gzip_is_told_by_content(tmp_path: Path, name: str) -> None:
    assert lines_of(tmp_path / name, gzip.compress(b"one\ntwo")) == [(1, b"one"), (2, b"two")]


def test_members_and_zero_padding_are_read_through(file: Path) -> None:
    content = (
        gzip.compress(b"one\ntw") + gzip.compress(b"") + b"\0" * 70_000 + gzip.compress(b"o\n") + b"\0" * 5
    )
    assert lines_of(file, content) == [(1, b"one"), (2, b"two")]


def test_blank_lines_are_skipped_but_counted_and_crlf_and_bom_do_no_harm(file: Path) -> None:
    content = b"\xef\xbb\xbfone\r\n\r\n  \t\n\ntwo\r\n"
    assert lines_of(file, content) == [(1, b"one\r"), (5, b"two\r")]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 262_144, 262_145, 1_000_000])
@pytest.mark.parametrize("packed", [False, True])
def test_lines_of_every_size_survive_the_chunks(file: Path, size: int, packed: bool) -> None:
    lines = [b"x" * size, b"y", b"z" * (size + 1)]
    content = b"\n".join(lines)
    expected = [(number, line) for number, line in enumerate(lines, 1) if line]
    assert lines_of(file, gzip.compress(content) if packed else content) == expected


@pytest.mark.parametrize("packed", [False, True])
def test_sizes_and_hash_are_known_after_reading(file: Path, packed: bool) -> None:
    plain = b"0123456789\n" * 50_000
    stored = gzip.compress(plain) if packed else plain
    file.write_bytes(stored)
    reader = LineReader(file)
    for _ in range(2):
        assert sum(1 for _ in reader) == 50_000
        assert reader.file.container == ("gzip" if packed else "plain")
        assert (reader.file.stored_bytes, reader.file.inflated_bytes) == (len(stored), len(plain))
        assert reader.file.sha256 == hashlib.sha256(stored).hexdigest()


@pytest.mark.parametrize("cut", [1, 3, 8, 9, 300])
def test_a_truncated_gzip_file_is_named(file: Path, cut: int) -> None:
    content = gzip.compress(bytes(range(256)) * 40, mtime=0)
    with pytest.raises(SampleFileError, match=r"samples\.bin: .*truncated"):
        lines_of(file, content[:-cut])


def test_a_gzip_file_without_its_second_member_s_end_is_truncated(file: Path) -> None:
    with pytest.raises(SampleFileError, match="truncated"):
        lines_of(file, gzip.compress(b"one\n") + gzip.compress(b"two\n")[:-4])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-8] + b"\0\0\0\0" + data[-4:],  # CRC
        lambda data: data[:-4] + b"\xff\0\0\0",  # length
        lambda data: data[:12] + b"\xff\xff\xff" + data[15:],  # deflate data
        lambda data: data + b"trailing rubbish",
        lambda data: data[:2] + b"\x07" + data[3:],  # method
    ],
)
def test_a_corrupt_gzip_file_is_named(file: Path, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SampleFileError, match=r"samples\.bin: the gzip data is corrupt"):
        lines_of(file, damage(gzip.compress(b"some text that is long enough\n" * 20)))


@pytest.mark.parametrize(
    ("magic", "what"),
    [
        (b"PK\x03\x04", "zip archive"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"BZh9", "bzip2"),
        ("{}".encode("utf-16"), "UTF-16"),
    ],
)
def test_other_containers_are_named_and_refused(file: Path, magic: bytes, what: str) -> None:
    with pytest.raises(SampleFileError, match=what):
        lines_of(file, magic + b"...")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(SampleFileError, match=r"nowhere\.jsonl: can't be read: No such file"):
        list(LineReader(tmp_path / "nowhere.jsonl"))
    with pytest.raises(SampleFileError, match="can't be read: Is a directory"):
        list(LineReader(tmp_path))


def test_messages_can_call_the_file_by_its_uploaded_name(file: Path) -> None:
    file.write_bytes(b"BZh91AY")
    with pytest.raises(SampleFileError, match=r"^my\\nrun\.zip: is a bzip2 file"):
        list(LineReader(file, label="my\nrun.zip"))


@pytest.mark.parametrize("packed", [False, True])
def test_the_unpacked_size_is_capped(file: Path, packed: bool) -> None:
    content = b"0123456789\n" * 1000
    stored = gzip.compress(content) if packed else content
    assert len(lines_of(file, stored, FileLimits(inflated_bytes=len(content)))) == 1000
    with pytest.raises(SampleFileError, match="larger than 10,999 bytes"):
        lines_of(file, stored, FileLimits(inflated_bytes=len(content) - 1))


def test_the_line_length_is_capped_and_the_line_named(file: Path) -> None:
    limits = FileLimits(line_bytes=100)
    assert len(lines_of(file, b"a\n" + b"x" * 100 + b"\nb", limits)) == 3
    with pytest.raises(SampleFileError, match=r"samples\.bin:2: the line is longer than 100 bytes"):
        lines_of(file, b"a\n" + b"x" * 101 + b"\nb", limits)
    with pytest.raises(SampleFileError, match=r"samples\.bin:3: the line is longer than 100 bytes"):
        lines_of(file, b"a\n\n" + b"x" * MIB, limits)


def test_the_line_count_is_capped_blank_lines_included(file: Path) -> None:
    assert len(lines_of(file, b"a\nb\nc", FileLimits(lines=3))) == 3
    with pytest.raises(SampleFileError, match="more than 3 lines"):
        lines_of(file, b"a\n\n\nb", FileLimits(lines=3))


def test_the_member_count_is_capped(file: Path) -> None:
    with pytest.raises(SampleFileError, match="more than 10 gzip members"):
        lines_of(file, gzip.compress(b"") * 11, FileLimits(gzip_members=10))


def test_an_honest_file_that_compresses_well_is_not_a_bomb(file: Path) -> None:
    line = bytes(range(48, 112)) * 8 + b"\n"
    content = b"".join(line.replace(b"@", b"%d" % problem) * 200 for problem in range(450))
    assert len(content) > FileLimits().ratio_free_bytes
    assert len(lines_of(file, gzip.compress(content, 6))) == 200 * 450


@pytest.fixture(scope="module")
def gib_bomb() -> bytes:
    """1 GiB of lines in about 1 MB, as gzip members."""
    block = (b" " * (64 * KIB - 1) + b"\n") * KIB
    return gzip.compress(block, 9) * 16


def test_a_bomb_is_refused_early_and_in_constant_memory(file: Path, gib_bomb: bytes) -> None:
    assert len(gib_bomb) < 2 * MIB
    file.write_bytes(gib_bomb)
    reader = LineReader(file)
    tracemalloc.start()
    try:
        with pytest.raises(SampleFileError, match="decompression bomb"):
            list(reader)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reader.file.inflated_bytes < 40 * MIB
    assert peak < 4 * MIB


def test_a_bomb_of_one_line_is_refused_before_the_line_is_whole(file: Path) -> None:
    file.write_bytes(gzip.compress(b"\0" * (64 * MIB)))
    reader = LineReader(file)
    with pytest.raises(SampleFileError, match="line is longer"):
        list(reader)
    assert reader.file.inflated_bytes < 17 * MIB


@pytest.mark.parametrize(
    ("magic", "what"),
    [
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x80\x04\x95", "a Python pickle"),
    ],
)
def test_what_is_never_opened_is_named(file: Path, magic: bytes, what: str) -> None:
    file.write_bytes(magic + b"\x00" * 100)
    with pytest.raises(SampleFileError, match=f"is {what}"):
        list(LineReader(file))
