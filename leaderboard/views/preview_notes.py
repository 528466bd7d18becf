"""What will surprise the uploader of a file, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.sample_files.answers import FENCE_REMOVED
from leaderboard.formatting import counted
from leaderboard.visible import visible


def preview_notes(seen: Mapping[str, Any], benchmark: str) -> Iterator[str]:
    """From `Upload.preview` and the benchmark's name."""
    coverage = seen["coverage"]
    if "asked_for" in seen:
        yield f"None of its task ids is of {seen['asked_for']}; all that are known here are of {benchmark}."
    yield from (visible(note) for note in seen.get("notes", ()))
    if coverage["unknown_samples"]:
        left_out = counted(coverage["unknown_samples"], "sample")
        yield f"{left_out} will be left out: {benchmark} does not have their task ids."
    if coverage["n_min"] != coverage["n_max"]:
        yield f"Problems differ in n, so pass@k is known up to k = {coverage['n_min']} only."
    if coverage["missing_count"]:
        missing = counted(coverage["missing_count"], "problem")
        yield f"No sample of {missing} of {benchmark}: the figures will speak of the others alone."
    if seen["repeats_prompt"]:
        repeats = counted(seen["repeats_prompt"], "completion seems", "completions seem")
        yield f"{repeats} to repeat the prompt. A completion is put after the prompt as it stands."
    if left := seen["fenced"] - dict(seen["changes"]).get(FENCE_REMOVED, 0):
        fenced = counted(left, "sample holds", "samples hold")
        yield f"{fenced} a Markdown code fence, which is no Python, and stay as they are."
    if seen["carries_verdicts"] and not seen["reported"]:
        yield "The file has fields of verdicts that can't be read as such. All is measured here."
