"""How much of a hostile file we are willing to read."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Caps on one file. Sizes in bytes, after unpacking; those of an archive's members count together.

    `ratio` (inflated : stored) is only asked of files beyond `ratio_free_bytes`: 200 equal greedy samples
    of every problem compress to 1 : 150 by rights, a bomb to 1 : 1000.
    """

    inflated_bytes: int = 2048 * MIB
    line_bytes: int = 16 * MIB  # one record: a line, an element of a list, a member that is one program
    lines: int = 2_000_000
    ratio: int = 400
    ratio_free_bytes: int = 32 * MIB
    gzip_members: int = 65_536  # a member may be empty, so that their number costs time without size
    archive_members: int = 200_000  # 1,000 problems with 200 programs each
    zstd_window_log: int = 25  # 32 MiB of memory: what `zstd -19` and `--ultra -20` ask for


DEFAULT_LIMITS = FileLimits()
