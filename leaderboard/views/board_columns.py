"""The columns that a reader can choose for the leaderboard, in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from leaderboard.tables import Column

PASS = "pass"
RERANKED, CURVE, FLAGGED, PASSED_FLAGGED, VERDICTS = "reranked", "curve", "flagged", "passflagged", "verdicts"
SHARED, SOURCE = "shared", "source"

_CHOSEN = (
    Column(RERANKED, "Reranked", "%", hint="reranked"),
    Column(CURVE, "Curve", hint="curve"),
    Column(FLAGGED, "Flagged", "%", hint="flagged"),
    Column(PASSED_FLAGGED, "Passes, flagged", "%", hint="passflagged"),
    Column(VERDICTS, "Verdicts", numeric=False, hint="verdicts"),
    Column("temperature", "T"),
    Column("top_p", "top_p"),
    Column("n", "n"),
    Column("size", "Parameters"),
    Column("organisation", "Organisation", numeric=False, falling=False),
    Column(SHARED, "Shared with", numeric=False, falling=False, hint="shared"),
    Column("date", "Date"),
    Column("released", "Released"),
    Column(SOURCE, "Source", numeric=False, falling=False),
)
CHOSEN_COLUMNS: Mapping[str, str] = {column.key: column.label for column in _CHOSEN} | {
    RERANKED: "reranked pass@1",
    CURVE: "curve of pass@k",
    FLAGGED: "share flagged",
    PASSED_FLAGGED: "share that passes and is flagged",
    VERDICTS: "verdict mix",
    "temperature": "temperature",
    "size": "parameters",
    "organisation": "organisation",
    SHARED: "shared with",
    "date": "date",
    "released": "release of the model",
    SOURCE: "source",
}
USUAL_COLUMNS = frozenset({FLAGGED, "temperature", "n", "size", "organisation", "date"})


def table_columns(ks: Sequence[int], shown: Collection[str]) -> list[Column]:
    """The columns of a table with these k and these chosen ones."""
    return [
        Column("rank", "Rank", falling=False, hint="rank"),
        Column("model", "Model", numeric=False, falling=False),
        *(Column(f"{PASS}{k}", f"pass@{k}", "%", hint="passk" if k == ks[0] else "") for k in ks),
        *(column for column in _CHOSEN if column.key in shown),
    ]
