"""Damage to containers: their headers, sizes, names and kinds of members; and bombs."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

from tests.mutations.packing import Member, Package, compressed, tarred, zipped, zstd_run, zstd_stored

PackageDamage = Callable[[Package, Random], bytes]
MIB = 1 << 20

_NAMES = (
    "../escaped.jsonl",
    "../../../../tmp/escaped.jsonl",
    "/etc/cron.d/escaped",
    "C:\\escaped.jsonl",
    "..\\..\\escaped.jsonl",
    "a/../../escaped.jsonl",
    "x" * 5000,
    "",
    ".",
    "HumanEval_0/",
    "HumanEval_0/0.py",
    "HumanEval_0/../HumanEval_1/0.py",
    "HumanEval_0/99999999999999999999.py",
    "HumanEval_x/0.py",
    "__MACOSX/._samples.jsonl",
    "samples.jsonl\x00.py",
    "line\nbreak.jsonl",
    "\u202eljson.selpmas",
    "caf\u00e9.jsonl",
)
_TAR_KINDS = (
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
    tarfile.DIRTYPE,
    tarfile.GNUTYPE_SPARSE,
    b"Z",
)


def header_bytes(package: Package, rng: Random) -> bytes:
    """A byte of the first 64, or of the last 64, where headers and directories stand."""
    data = bytearray(package.packed() or b"\n")
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(min(64, len(data)))
        data[at if rng.random() < 0.5 else -1 - at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(data)


def cut_container(package: Package, rng: Random) -> bytes:
    data = package.packed()
    return data[: rng.randrange(len(data) or 1)]


def garbage_around(package: Package, rng: Random) -> bytes:
    data, noise = package.packed(), rng.randbytes(rng.choice((1, 22, 600)))
    return rng.choice((data + noise, noise + data, data + data, data + b"\x00" * 600))


def zip_fields(package: Package, rng: Random) -> bytes:
    """Sizes, checksums, flags, methods and offsets of a zip archive, set to something else."""
    data = bytearray(zipped(package.members))
    signature, fields = rng.choice(
        (
            (b"PK\x03\x04", ((6, "H"), (8, "H"), (14, "I"), (18, "I"), (22, "I"), (26, "H"), (28, "H"))),
            (b"PK\x01\x02", ((8, "H"), (10, "H"), (16, "I"), (20, "I"), (24, "I"), (28, "H"), (42, "I"))),
            (b"PK\x05\x06", ((4, "H"), (8, "H"), (10, "H"), (12, "I"), (16, "I"), (20, "H"))),
        )
    )
    offset, kind = rng.choice(fields)
    top = (1 << (16 if kind == "H" else 32)) - 1
    at = data.find(signature) + offset
    struct.pack_into(f"<{kind}", data, at, rng.choice((0, 1, 9, 12, 99, top, top - 1, rng.randrange(top))))
    return bytes(data)


def odd_member_name(package: Package, rng: Random) -> bytes:
    first, *others = package.members
    renamed = (Member(rng.choice(_NAMES), first.content), *others)
    return tarred(renamed) if rng.random() < 0.5 else zipped(renamed)


def same_name_twice(package: Package, rng: Random) -> bytes:
    again = (*package.members, Member(package.members[0].name, b"{}"))
    if rng.random() < 0.5:
        return tarred(again)
    # zipfile warns of equal names: the second one is written into its place afterwards.
    other = "~" + again[-1].name[1:] if len(again[-1].name.encode()) == len(again[-1].name) else "other"
    return zipped((*again[:-1], Member(other, b"{}"))).replace(other.encode(), again[-1].name.encode())


def tar_kind(package: Package, rng: Random) -> bytes:
    """A member that is no plain file: a link, a device, a sparse file …"""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo(package.members[0].name)
        info.type = rng.choice(_TAR_KINDS)
        info.linkname = rng.choice(("/etc/passwd", "../../x", package.members[-1].name, ""))
        archive.addfile(info)
    return target.getvalue()[:512] + tarred(package.members)


def tar_fields(package: Package, rng: Random) -> bytes:
    """A tar header with another size, checksum or magic."""
    data = bytearray(tarred(package.members))
    field, values = rng.choice(
        (
            (slice(124, 136), (b"77777777777\x00", b"-0000000001\x00", b"\x80" + b"\xff" * 11, b"x" * 12)),
            (slice(148, 156), (b"0000000\x00", b"\xff" * 8)),
            (slice(257, 263), (b"ustar ", b"nostar")),
            (slice(156, 157), (b"x", b"g", b"L", b"K", b"S", b"\x00", b"\xff")),
        )
    )
    data[field] = rng.choice(values)
    if field.start != 148 and rng.random() < 0.8:
        summed = bytes(data[:148]) + b" " * 8 + bytes(data[156:512])
        data[148:156] = b"%06o\x00 " % sum(summed)
    return compressed(rng.choice(("", "gz", "zst")), bytes(data))


def gzip_fields(package: Package, rng: Random) -> bytes:
    """Flags, checksum and size of a gzip member; several members; an unfinished one."""
    whole = gzip.compress(package.members[0].content, mtime=0)
    data = bytearray(whole)
    data[rng.choice((2, 3, -1, -5, -8))] ^= 1 << rng.randrange(8)
    half = rng.randrange(len(whole))
    return rng.choice(
        (bytes(data), whole + whole, whole[:half] + whole, gzip.compress(b"", mtime=0) * 3000 + whole)
    )


def bomb(package: Package, rng: Random) -> bytes:
    """Some hundred times as large when it is unpacked, of one record or of none."""
    return rng.choice((_gzip_bomb, _zip_bomb, _zstd_bomb, _many_members, _nested))()


def repacked(package: Package, rng: Random) -> bytes:
    """Nothing wrong: containers in containers, or another one than usual."""
    kind = rng.choice(("gz", "zst", "zip"))
    data = package.packed()
    return zipped((Member("inner.bin", data),)) if kind == "zip" else compressed(kind, data)


@cache
def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    spaces = b" " * MIB
    return b"".join([*(packer.compress(spaces) for _ in range(300)), packer.flush()])


@cache
def _zip_bomb() -> bytes:
    return zipped(tuple(Member(f"HumanEval_0/{number}.py", b"#" * (20 * MIB)) for number in range(4)))


@cache
def _zstd_bomb() -> bytes:
    return zstd_run(ord("{"), 8 * 400) + zstd_stored(b"}")


@cache
def _many_members() -> bytes:
    return zipped(tuple(Member(f"HumanEval_{number % 164}/{number}.py", b"") for number in range(30_000)))


@cache
def _nested() -> bytes:
    data = b'{"task_id": "HumanEval/0", "completion": ""}\n'
    for number in range(40):
        data = zipped((Member(f"{number}.zip", data),)) if number % 2 else gzip.compress(data, mtime=0)
    return data


ARCHIVES: tuple[PackageDamage, ...] = (
    header_bytes,
    header_bytes,
    header_bytes,
    cut_container,
    garbage_around,
    zip_fields,
    zip_fields,
    odd_member_name,
    same_name_twice,
    tar_kind,
    tar_fields,
    gzip_fields,
    bomb,
    repacked,
)
