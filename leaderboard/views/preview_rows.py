"""What the preview page shows of an upload's stored preview: sentences and highlighted first samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leaderboard.formatting import counted, samples_text
from leaderboard.highlight import highlight
from leaderboard.models import Upload
from leaderboard.visible import visible

_CONTAINERS = {"plain": "as it is", "gzip": "gzip"}


def preview_strings(upload: Upload) -> dict[str, Any]:
    """Context of the preview page, from `Upload.preview` (a `Preview` of the evaluator as JSON)."""
    seen = upload.preview
    coverage = seen["coverage"]
    return {
        "format_title": seen["format_title"],
        "container": _CONTAINERS.get(seen["container"], seen["container"]),
        "size": _size(upload.size, seen["inflated_bytes"]),
        "sha256": seen["sha256"],
        "samples": counted(seen["samples"], "sample"),
        "coverage": coverage_sentence(coverage),
        "missing": [visible(task_id) for task_id in coverage["missing"]],
        "missing_more": coverage["missing_count"] - len(coverage["missing"]),
        "unknown": [(visible(task_id), count) for task_id, count in coverage["unknown"]],
        "unknown_more": coverage["unknown_count"] - len(coverage["unknown"]),
        "rankers": [visible(name) for name in seen["ranker_names"]],
        "notes": list(_notes(seen, upload.benchmark.name)),
        "first": [_sample(row) for row in seen["first"]],
    }


def coverage_sentence(coverage: Mapping[str, Any]) -> str:
    """ "161 of 164 problems, n = 10–20 (mostly 20), 3 unknown task ids"."""
    n = samples_text(coverage["n_min"], coverage["n_max"])
    parts = [f"{coverage['covered']} of {counted(coverage['problems'], 'problem')}", f"n = {n}"]
    if coverage["n_min"] != coverage["n_max"]:
        parts[-1] += f", mostly {coverage['n_common']}"
    if coverage["unknown_count"]:
        parts.append(counted(coverage["unknown_count"], "unknown task id"))
    return ", ".join(parts)


def _notes(seen: Mapping[str, Any], benchmark: str) -> Iterator[str]:
    coverage = seen["coverage"]
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
    if seen["fenced"]:
        fenced = counted(seen["fenced"], "sample holds", "samples hold")
        yield f"{fenced} a Markdown code fence, which is no Python. Samples are scored as they stand."
    if seen["carries_verdicts"]:
        yield "The file carries verdicts of another harness. They are not taken over: all is scored here."


def _sample(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "line": row["line"],
        "task_id": visible(row["task_id"]),
        "lines": highlight(row["text"]),
        "more": max(0, row["characters"] - len(row["text"])),
        "rankers": [(visible(name), f"{value:.6g}") for name, value in row["rankers"].items()],
    }


def _size(stored: int, inflated: int) -> str:
    def mebibytes(count: int) -> str:
        return f"{count / (1 << 20):.1f} MiB" if count >= 1 << 20 else f"{count / 1024:.1f} KiB"

    return mebibytes(stored) if stored == inflated else f"{mebibytes(stored)}, {mebibytes(inflated)} unpacked"
