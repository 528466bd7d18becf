"""What the site found in a file, and what came out, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.sample_files.strict_json import shown

Document = Mapping[str, Any]
_LISTED = 5


def preview_lines(preview: Document) -> Iterator[str]:
    """Format, coverage and everything that was done, left out or guessed."""
    coverage = preview["coverage"]
    n = _range(coverage["n_min"], coverage["n_max"])
    yield f"{shown(preview['format_title'], 120)}, {preview['container']}"
    yield (
        f"{coverage['covered']:,} of {coverage['problems']:,} problems, {n} samples each, "
        f"{preview['samples']:,} samples"
    )
    if coverage["missing_count"]:
        names = ", ".join(shown(name) for name in coverage["missing"][:_LISTED])
        yield f"without samples: {names}{' …' if coverage['missing_count'] > _LISTED else ''}"
    if coverage["unknown_samples"]:
        yield f"{coverage['unknown_samples']:,} samples of unknown task ids are left out"
    for change, count in preview["changes"]:
        yield f"{count:,} samples: {shown(change, 120)}"
    if preview["carries_verdicts"]:
        yield "the file carries verdicts of another harness"
    for note in preview.get("notes", ()):
        yield shown(note, 300)


def figure_lines(run: Document) -> Iterator[str]:
    """pass@k with intervals, verdicts, and what a reader has to know beside them."""
    for figure in run["figures"]:
        bounds = f"   95 % [{figure['low']:.2%}, {figure['high']:.2%}]" if figure["low"] is not None else ""
        yield f"pass@{figure['k']:<4} {figure['value']:7.2%}{bounds}"
    yield ""
    for verdict, count in sorted(run["verdicts"].items(), key=lambda pair: -pair[1]):
        yield f"{verdict:<16}{count:>8,}"
    if run["verdicts_from"] == "imported":
        yield "\nimported: these verdicts come with the file, the site has not measured them"
    if run["left_out"]:
        yield f"{run['left_out']:,} samples of unknown task ids were left out"


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
