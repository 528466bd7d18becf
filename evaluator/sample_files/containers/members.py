"""A member of an archive, and which names of members are refused or passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.errors import SampleFileError
from evaluator.sample_files.strict_json import shown

MAX_NAME_BYTES = 4096
DRIVE = re.compile(r"^[A-Za-z]:")
# What archivers of desks add by themselves, and what tools write beside the samples.
PASSED_OVER = re.compile(r"(^|/)(__MACOSX/|\.[^/]|Thumbs\.db$|desktop\.ini$|README(\.md|\.txt)?$|LICENSE)")


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside of a stored file, "" where that is no archive. Read it before you ask for the next."""

    name: str
    chunks: Iterator[bytes]


def check_name(name: str, label: str) -> None:
    """Raises SampleFileError for a name that could leave the folder that it is unpacked to."""
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\")) or DRIVE.match(name) or ".." in parts or "\x00" in name:
        raise SampleFileError(f"{label}: the member “{shown(name)}” leads out of the archive; refused")


def passed_over(name: str) -> bool:
    """Whether a member is no sample file by its name: a folder, a hidden file, what desktops add."""
    return name in ("", ".") or name.endswith("/") or PASSED_OVER.search(name) is not None


def refused_member(name: str, what: str, label: str) -> SampleFileError:
    """The error for a member that is `what`: "a symbolic link"."""
    return SampleFileError(f"{label}: the member “{shown(name)}” is {what}; only plain files are read")
