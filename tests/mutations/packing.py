"""Contents in containers: gzip, zstd, zip, tar and their pairs, taken apart and put together again."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

CONTAINERS = ("plain", "gzip", "zstd", "zip", "tar", "tar.gz", "tar.zst")
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_RAW, _RUN = 0, 1
_BLOCK_BYTES = 128 << 10


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """Members in a container; a plain, gzip or zstd file has one."""

    container: str
    members: tuple[Member, ...]

    def with_content(self, index: int, content: bytes) -> Package:
        members = list(self.members)
        members[index] = replace(members[index], content=content)
        return replace(self, members=tuple(members))

    def packed(self) -> bytes:
        kind, _, outer = self.container.partition(".")
        if kind in ("zip", "tar"):
            whole = zipped(self.members) if kind == "zip" else tarred(self.members)
            return compressed(outer, whole)
        return compressed(kind, self.members[0].content)


def zipped(members: tuple[Member, ...]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member.name), member.content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def tarred(members: tuple[Member, ...]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for member in members:
            info = tarfile.TarInfo(member.name)
            info.size = len(member.content)
            archive.addfile(info, io.BytesIO(member.content))
    return target.getvalue()


def compressed(kind: str, content: bytes) -> bytes:
    if kind in ("gz", "gzip"):
        return gzip.compress(content, compresslevel=1, mtime=0)
    return zstd_stored(content) if kind in ("zst", "zstd") else content


def zstd_stored(content: bytes) -> bytes:
    """A zstd frame (RFC 8878) of blocks that hold their content as it is."""
    pieces = [content[at : at + _BLOCK_BYTES] for at in range(0, len(content), _BLOCK_BYTES)] or [b""]
    return zstd_frame(_block(piece, last=piece is pieces[-1]) for piece in pieces)


def zstd_frame(blocks: Iterator[bytes]) -> bytes:
    """No size, no checksum; a window of 8 MiB."""
    return ZSTD_MAGIC + b"\x00\x68" + b"".join(blocks)


def zstd_run(byte: int, blocks: int) -> bytes:
    """A frame that unpacks to `blocks` times 128 KiB of one byte: four bytes for each block."""
    return zstd_frame(
        ((_BLOCK_BYTES << 3) | (_RUN << 1) | (number == blocks - 1)).to_bytes(3, "little") + bytes([byte])
        for number in range(blocks)
    )


def _block(piece: bytes, *, last: bool) -> bytes:
    return ((len(piece) << 3) | (_RAW << 1) | last).to_bytes(3, "little") + piece
