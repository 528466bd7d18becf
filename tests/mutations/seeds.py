"""The whole files that mutants are made of: those of tests/sample_files, taken out of their containers."""

from __future__ import annotations

import gzip
import io
import tarfile
import tomllib
import zipfile
from functools import cache
from pathlib import Path

from tests.code_map import ROOT
from tests.mutations.packing import ZSTD_MAGIC, Member, Package

FOLDER = ROOT / "tests" / "sample_files"


@cache
def seeds() -> tuple[Package, ...]:
    """One for each file of the index that isn't only another file, packed by zstd."""
    index = tomllib.loads((FOLDER / "index.toml").read_text())["file"]
    paths = dict.fromkeys(row["path"] for row in index)
    contents = {path: (FOLDER / path).read_bytes() for path in paths}
    return tuple(
        unpacked(path, content)
        for path, content in contents.items()
        if not content.startswith(ZSTD_MAGIC)  # the same members stand there packed otherwise, too
    )


def unpacked(path: str, content: bytes) -> Package:
    """A file taken apart."""
    name = Path(path).name
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
            return Package("zip", tuple(Member(info.filename, archive.read(info)) for info in files))
    inner = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    if inner[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
            members = tuple(Member(info.name, _read(archive, info)) for info in archive if info.isfile())
        return Package("tar" if inner is content else "tar.gz", members)
    return Package("plain" if inner is content else "gzip", (Member(name.removesuffix(".gz"), inner),))


def _read(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(info)
    assert file is not None
    return file.read()
