"""One sample before and after its text was made a program: what cleaning does, to be seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator.records import Benchmark, Sample
from evaluator.sample_files import ReadOptions, SampleStream
from leaderboard.services.sample_groups import file_limits

_SHOWN_CHARACTERS = 2000


def changed_example(path: Path, benchmark: Benchmark, options: ReadOptions) -> dict[str, Any] | None:
    """The first sample whose text is changed, as JSON; None where none is.

    Reads the file twice side by side, as far as that sample. The caller has read it without a fault.
    """
    as_it_stands = SampleStream(path, benchmark, replace(options, clean=False), file_limits())
    for before, after in zip(
        as_it_stands, SampleStream(path, benchmark, options, file_limits()), strict=False
    ):
        if isinstance(before, Sample) and isinstance(after, Sample) and after.changes:
            return {
                "line": after.line,
                "task_id": after.task_id,
                "changes": list(after.changes),
                "before": before.text[:_SHOWN_CHARACTERS],
                "after": after.text[:_SHOWN_CHARACTERS],
                "more": max(0, max(len(before.text), len(after.text)) - _SHOWN_CHARACTERS),
            }
    return None
