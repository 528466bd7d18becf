"""A stored file, opened: its members, one for a file that is no archive, as streams of bytes.

The content decides what a file is, never its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.inflate import opened, packing_of, unpacked
from evaluator.sample_files.containers.members import Member
from evaluator.sample_files.containers.tar_file import BLOCK, TarReader, is_tar
from evaluator.sample_files.containers.zip_file import ZIP_MAGICS, zip_members
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.strict_json import shown

CHUNK_BYTES = 1 << 16
MAX_LABEL_CHARACTERS = 255
REFUSED_MAGICS = {
    b"\xfd7zXZ\x00": "an xz file",
    b"BZh": "a bzip2 file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"PAR1": "a Parquet file",
    b"\x80\x02": "a Python pickle",
    b"\x80\x03": "a Python pickle",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


class StoredFile:
    """A file on disk that somebody sent.

    `container` ("plain", "gzip", "zstd", "zip", "tar", "tar, gzip", "tar, zstd"), `stored_bytes`,
    `inflated_bytes` and `sha256` (of the file as stored) describe what was read so far: the whole file once
    `members` is exhausted.

    Reading raises SampleFileError where the file can't be read, is corrupt, or exceeds `limits`. Messages
    call the file `label` (an uploaded file's own name), by default its path.
    """

    def __init__(self, path: Path, limits: FileLimits = DEFAULT_LIMITS, label: str | None = None) -> None:
        self.path = path
        self.limits = limits
        self.label = shown(label, MAX_LABEL_CHARACTERS) if label else str(path)
        self._reset()

    def _reset(self) -> None:
        self.container = "plain"
        self.stored_bytes = 0
        self.inflated_bytes = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @property
    def is_archive(self) -> bool:
        return self.container == "zip" or self.container.startswith("tar")

    def members(self) -> Iterator[Member]:
        """The members of an archive in its order, or the file itself under the name "".

        A member that is packed on its own (`a.json.gz` in a folder) is unpacked; an archive inside of an
        archive is refused.
        """
        self._reset()
        chunks = self._stored()
        first = next(chunks, b"")
        self._refuse_others(first)
        if first.startswith(ZIP_MAGICS):
            self.container = "zip"
            for _ in chunks:
                pass  # the hash; its members are read by their places
            yield from self._zip_members()
            return
        packing = packing_of(first)
        whole = chain((first,), chunks)
        if packing is None:
            yield from self._of_stream(first, whole)
            return
        self.container = packing
        inside = self._bounded(unpacked(whole, packing, self.limits, self.label))
        head = _at_least(BLOCK, inside)
        yield from self._of_stream(head, chain((head,), inside), bounded=True)

    def _of_stream(self, head: bytes, stream: Iterator[bytes], bounded: bool = False) -> Iterator[Member]:
        counted = stream if bounded else self._bounded(stream)
        if not is_tar(head):
            if head.startswith(ZIP_MAGICS):
                what = f"an archive inside of a {self.container} file"
                raise SampleFileError(f"{self.label}: {what} is not opened")
            yield Member("", counted)
            return
        self.container = "tar" if self.container == "plain" else f"tar, {self.container}"
        for member in TarReader(counted, self.limits, self.label):
            # what the archive unpacks to is counted already; what a packed member unpacks to is not
            packing, chunks = opened(member.chunks, self.limits, f"{self.label}: {shown(member.name)}")
            yield Member(member.name, self._no_archive(self._bounded(chunks) if packing else chunks, member))

    def _zip_members(self) -> Iterator[Member]:
        try:
            # Opened twice: directory and data stand far apart, and each is read from its own buffer.
            with self.path.open("rb", CHUNK_BYTES) as directory, self.path.open("rb") as data:
                for member in zip_members(directory, data, self.limits, self.label):
                    label = f"{self.label}: {shown(member.name)}"
                    packing, chunks = opened(self._bounded(member.chunks), self.limits, label)
                    yield Member(
                        member.name, self._no_archive(self._bounded(chunks) if packing else chunks, member)
                    )
        except OSError as error:
            raise SampleFileError(f"{self.label}: can't be read: {error.strerror or error}") from error

    def _no_archive(self, chunks: Iterator[bytes], member: Member) -> Iterator[bytes]:
        head = _at_least(BLOCK, chunks)
        if head.startswith(ZIP_MAGICS) or is_tar(head) or packing_of(head):
            name = shown(member.name)
            raise SampleFileError(f"{self.label}: “{name}” is an archive inside of an archive; not opened")
        return chain((head,), chunks)

    def _stored(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    self._hash.update(chunk)
                    self.stored_bytes += len(chunk)
                    yield chunk
        except OSError as error:
            raise SampleFileError(f"{self.label}: can't be read: {error.strerror or error}") from error

    def _refuse_others(self, first: bytes) -> None:
        for magic, what in REFUSED_MAGICS.items():
            if first.startswith(magic):
                raise SampleFileError(
                    f"{self.label}: is {what}; give UTF-8 JSON, plain or packed by gzip, zstd, zip or tar"
                )

    def _bounded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        limits = self.limits
        for chunk in chunks:
            self.inflated_bytes += len(chunk)
            if self.inflated_bytes > limits.inflated_bytes:
                raise SampleFileError(f"{self.label}: larger than {limits.inflated_bytes:,} bytes unpacked")
            if self.inflated_bytes > max(limits.ratio_free_bytes, limits.ratio * self.stored_bytes):
                raise SampleFileError(
                    f"{self.label}: unpacks to more than {limits.ratio} times its size; "
                    "refused as a decompression bomb (give the plain file if it is honest)"
                )
            yield chunk


def _at_least(size: int, chunks: Iterator[bytes]) -> bytes:
    """The beginning of a stream: at least that many bytes, unless it is shorter."""
    head = b""
    while len(head) < size and (chunk := next(chunks, None)) is not None:
        head += chunk
    return head
