"""The labelled vulnerable/safe pairs of `security_pairs/`, read from their diff-like files."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "security_pairs"
HALVES = ("tuning", "held_out")
HEADER = re.compile(r"=== (?P<id>[a-z0-9-]+) (?P<cwes>\d+(?: \d+)*)")


@dataclass(frozen=True)
class Pair:
    """One function twice: vulnerable, and mended.

    `cwes` are the numbers that a finding of the weakness may carry; any of them counts.
    """

    id: str
    half: str
    family: str
    cwes: frozenset[int]
    vulnerable: str
    safe: str

    @property
    def cut(self) -> bool:
        """Whether the pair ends where a sample was cut off, so that neither twin parses."""
        return self.id.endswith("-cut")


def read_half(half: str) -> list[Pair]:
    """All pairs of one half; the file's name is their family. ValueError names a bad header."""
    return [pair for file in sorted((FOLDER / half).glob("*.pairs")) for pair in read_file(file)]


def read_file(file: Path) -> list[Pair]:
    blocks = re.split(r"^(?==== )", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_pair(file, block) for block in blocks if block.strip()]


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _pair(file: Path, block: str) -> Pair:
    header, *lines = block.strip("\n").splitlines()
    found = HEADER.fullmatch(header)
    if not found:
        raise ValueError(f"{file.name}: {header!r} is not `=== id CWE-number …`")
    return Pair(
        id=found["id"],
        half=file.parent.name,
        family=file.stem,
        cwes=frozenset(map(int, found["cwes"].split())),
        vulnerable=_side(lines, "-", "+"),
        safe=_side(lines, "+", "-"),
    )


def _side(lines: list[str], own: str, other: str) -> str:
    kept = [line.removeprefix(own) for line in lines if not line.startswith(other)]
    return "\n".join(kept).rstrip("\n") + "\n"
