"""Python files as text, whatever is in them."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import InputError

MAX_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class PythonFile:
    """`path` as it is shown; `source` is None where it could not be read, and `why` says so."""

    path: str
    source: str | None
    why: str = ""


def python_files(path: Path) -> Iterator[PythonFile]:
    """The file, or all *.py of the folder in the order of their paths. Raises InputError without any."""
    if not path.exists():
        raise InputError(f"{path}: does not exist")
    if not path.is_dir():
        yield _read(path)
        return
    found = sorted(file for file in path.rglob("*.py") if file.is_file())
    if not found:
        raise InputError(f"{path}: holds no Python file (*.py)")
    for file in found:
        yield _read(file)


def _read(path: Path) -> PythonFile:
    try:
        if path.stat().st_size > MAX_BYTES:
            return PythonFile(str(path), None, f"larger than {MAX_BYTES >> 20} MiB")
        return PythonFile(str(path), decoded(path.read_bytes()))
    except OSError as error:
        return PythonFile(str(path), None, error.strerror or str(error))


def decoded(data: bytes) -> str:
    """The text as Python would read it; bytes that its encoding does not know become U+FFFD."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding, errors="replace")
    except (SyntaxError, LookupError, ValueError):  # an encoding that does not exist, or no text encoding
        return data.decode("utf-8", errors="replace")
