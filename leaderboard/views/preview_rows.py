"""What the preview page shows of an upload's stored preview: sentences and highlighted first samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import Form

from leaderboard.formatting import counted, samples_text
from leaderboard.highlight import highlight
from leaderboard.models import Upload
from leaderboard.views.preview_notes import preview_notes
from leaderboard.visible import visible

_LARGE_BYTES = 32 << 20
_BYTES_PER_MINUTE = 160 << 20  # measured: 256 MB in 80 s; most of it is the sorting out of texts and numbers
_CONTAINERS = {"plain": "as it is"}


def preview_context(upload: Upload, setting: Form, reading: Form) -> dict[str, Any]:
    """All that the preview page shows."""
    context = {"upload": upload, "form": setting, "reading": reading, "benchmark": upload.benchmark}
    return context | preview_strings(upload)


def preview_strings(upload: Upload) -> dict[str, Any]:
    """What the page shows of `Upload.preview` (a `Preview` of the evaluator as JSON)."""
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
        "notes": list(preview_notes(seen, upload.benchmark.name)),
        "changes": [(what, counted(count, "sample")) for what, count in seen["changes"]],
        "example": _example(seen.get("example")),
        "carried": _carried(seen),
        "first": [_sample(row) for row in seen["first"]],
        "takes": _takes(seen["inflated_bytes"]),
    }


def _takes(inflated_bytes: int) -> str:
    """What is to be known before a large file is confirmed; empty where it takes no time worth a word."""
    if inflated_bytes < _LARGE_BYTES:
        return ""
    minutes = counted(math.ceil(inflated_bytes / _BYTES_PER_MINUTE), "minute")
    return (
        f"The file is read once more for that, which takes about {minutes} on a site that is not busy. Leave "
        "this page open. Should the connection be lost meanwhile, the run is made all the same: look at your "
        "runs before you send the file again."
    )


def unfinished_rows(uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Uploads of which bytes are missing: how far each one is."""
    return [
        {
            "pk": upload.pk,
            "file_name": visible(upload.file_name),
            "benchmark": upload.benchmark.name,
            "came": f"{_mebibytes(upload.received)} of {_mebibytes(upload.size)}",
            "created_at": upload.created_at,
        }
        for upload in uploads
    ]


def coverage_sentence(coverage: Mapping[str, Any]) -> str:
    """ "161 of 164 problems, n = 10–20 (mostly 20), 3 unknown task ids"."""
    n = samples_text(coverage["n_min"], coverage["n_max"])
    parts = [f"{coverage['covered']} of {counted(coverage['problems'], 'problem')}", f"n = {n}"]
    if coverage["n_min"] != coverage["n_max"]:
        parts[-1] += f", mostly {coverage['n_common']}"
    if coverage["unknown_count"]:
        parts.append(counted(coverage["unknown_count"], "unknown task id"))
    return ", ".join(parts)


def _carried(seen: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the file says of its own samples; None where it says nothing. `all`: it can be imported; `only`:
    it holds counts, so there is nothing else that could be done with it."""
    if not seen["reported"]:
        return None
    share = f"{seen['reported_passed']:,} of {counted(seen['reported'], 'sample')}"
    missing = seen["samples"] - seen["reported"]
    only = bool(seen.get("counts_only"))
    return {"said": share, "all": not missing, "only": only, "missing": counted(missing, "sample")}


def _example(example: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A sample before and after its text was changed."""
    if example is None:
        return None
    return {
        "line": example["line"],
        "task_id": visible(example["task_id"]),
        "changes": ", ".join(example["changes"]),
        "before": highlight(example["before"]),
        "after": highlight(example["after"]),
        "more": example["more"],
    }


def _sample(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "line": row["line"],
        "task_id": visible(row["task_id"]),
        "lines": highlight(row["text"]),
        "more": max(0, row["characters"] - len(row["text"])),
        "rankers": [(visible(name), f"{value:.6g}") for name, value in row["rankers"].items()],
        "changes": ", ".join(row["changes"]),
        "reported": visible(row["reported"]) if row["reported"] is not None else "",
    }


def _size(stored: int, inflated: int) -> str:
    packed = _mebibytes(stored)
    return packed if stored == inflated else f"{packed}, {_mebibytes(inflated)} unpacked"


def _mebibytes(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB" if count >= 1 << 20 else f"{count / 1024:.1f} KiB"
