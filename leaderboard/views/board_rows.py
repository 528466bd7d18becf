"""A row of the board as strings for the page, as values for sorting, as a record for files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from evaluator.metrics import RankInterval
from evaluator.records import Limits
from leaderboard import formatting
from leaderboard.models import Run
from leaderboard.queries.board import MEASURED, PUBLISHED, BoardRow
from leaderboard.tables import Value, in_order
from leaderboard.time_limit import limit_tag, limit_words
from leaderboard.views.board_choice import BoardChoice, pass_k

_SOURCE_CHARACTERS = 22

Ranks = Mapping[int, RankInterval]


def chosen(rows: Sequence[BoardRow], choice: BoardChoice, ranks: Ranks) -> list[BoardRow]:
    """The rows of this choice: measured ones first, published ones after them, each in the chosen order."""
    kept = [row for row in rows if row.kind in choice.kinds and _has_text(row, choice.text)]
    ordered = in_order(
        kept,
        choice.order,
        lambda row, key: _value(row, key, ranks),
        tie=lambda row: (row.run.model.name.casefold(), row.run.pk),
    )
    # sorted() is stable: both groups keep the order.
    return sorted(ordered, key=lambda row: row.kind == PUBLISHED)


def row_texts(
    rows: Sequence[BoardRow], ks: Sequence[int], ranks: Ranks, problem_count: int
) -> list[dict[str, Any]]:
    """What the template prints, row by row."""
    runs_of = Counter(row.run.model_id for row in rows)
    figures = formatting.columns_aligned([[_figure(row, k) for k in ks] for row in rows])
    return [
        _texts(row, ranks, problem_count)
        | _model_link(row, runs_of)
        | {"figures": texts, "bar": _bar(row, ks)}
        for row, texts in zip(rows, figures, strict=True)
    ]


def record(row: BoardRow, ks: Sequence[int], ranks: Ranks) -> dict[str, Any]:
    """The row with raw values, for CSV and JSON. Shares are fractions."""
    run, rank = row.run, ranks.get(row.run.pk)
    figures: dict[str, Any] = {}
    for k in ks:
        figure = row.figures.get(k)
        figures[f"pass@{k}"] = figure.value if figure else None
        figures[f"pass@{k}_low"] = figure.low if figure else None
        figures[f"pass@{k}_high"] = figure.high if figure else None
    return {
        "run": run.pk,
        "rank": rank.point if rank else None,
        "rank_low": rank.low if rank else None,
        "rank_high": rank.high if rank else None,
        "model": run.model.name,
        "organisation": run.model.organisation,
        "parameters": run.model.parameters,
        "temperature": run.temperature,
        "top_p": run.top_p,
        "n_min": run.n_min or None,
        "n_max": run.n_max or None,
        **figures,
        "flagged": row.flagged_share,
        "problems_covered": run.problems_covered or None,
        "kind": row.kind,
        "date": _date(row),
        "time_limit": "" if row.kind == PUBLISHED else limit_words(Limits(**run.limits)),
        "method": run.method,
        "source": _source(row),
        "source_url": run.citation.get("url", ""),
    }


def label(row: BoardRow) -> str:
    """The run's name on charts: the model, and its temperature where it is known."""
    run = row.run
    return run.model.name if run.temperature is None else f"{run.model.name} T={run.temperature:g}"


def _texts(row: BoardRow, ranks: Ranks, problem_count: int) -> dict[str, Any]:
    run = row.run
    rank = ranks.get(run.pk)
    return {
        "address": reverse("run", args=[run.pk]),
        "name": run.model.name,
        "title": "published" if row.kind == PUBLISHED else f"run {run.pk}",
        "organisation": run.model.organisation,
        "tags": _tags(row, problem_count),
        "rank": str(rank.point) if rank else "",
        "rank_range": f"{rank.low}–{rank.high}" if rank and rank.low != rank.high else "",
        "size": formatting.size_text(run.model.parameters),
        "temperature": formatting.plain_number(run.temperature),
        "top_p": formatting.plain_number(run.top_p),
        "n": formatting.samples_text(run.n_min, run.n_max),
        "flagged": formatting.percent(row.flagged_share),
        "date": _date(row),
        "source": _source(row),
        "source_short": formatting.shortened(_source(row), _SOURCE_CHARACTERS),
        "source_address": run.citation.get("url", "") if row.kind == PUBLISHED else "",
    }


def _figure(row: BoardRow, k: int) -> formatting.FigureText:
    figure = row.figures.get(k)
    if figure is None:
        return formatting.MISSING_FIGURE
    return formatting.figure_text(figure.value, figure.low, figure.high, figure.printed)


def _bar(row: BoardRow, ks: Sequence[int]) -> str:
    """Width, of 100, of the bar behind the first figure."""
    figure = row.figures.get(ks[0]) if ks else None
    return f"{figure.value * 100:.2f}" if figure else ""


def _model_link(row: BoardRow, runs_of: Mapping[int, int]) -> dict[str, str]:
    model = row.run.model
    count = formatting.counted(runs_of[model.pk], "row")
    return {"model_address": reverse("model", args=[model.slug]), "model_runs": f"{model.name}: {count}"}


def _tags(row: BoardRow, problem_count: int) -> list[tuple[str, str]]:
    """Words beside the name, each with what it means."""
    run = row.run
    tags = []
    if run.synthetic:
        tags.append(("synthetic", "Demo data: mutated reference solutions, no model wrote them"))
    if run.visibility != Run.Visibility.PUBLIC:
        tags.append((run.visibility, "Not ranked: only public runs are"))
    if row.kind != PUBLISHED and not row.complete:
        missing = f"{run.problems_covered} of {problem_count}"
        tags.append((missing, "Not ranked: the run has no samples of the other problems"))
    if row.kind != PUBLISHED and (limited := limit_tag(Limits(**run.limits))):
        tags.append(limited)
    if row.kind == PUBLISHED and run.method not in ("", "pass@k"):
        tags.append((run.method, f"Not plain pass@k: {run.method}"))
    return tags


def _value(row: BoardRow, key: str, ranks: Ranks) -> Value:
    run = row.run
    k = pass_k(key)
    if k is not None:
        return row.figures[k].value if k in row.figures else None
    values: dict[str, Value] = {
        "rank": ranks[run.pk].point if run.pk in ranks else None,
        "model": run.model.name.casefold(),
        "organisation": run.model.organisation.casefold() or None,
        "size": run.model.parameters,
        "temperature": run.temperature,
        "top_p": run.top_p,
        "n": run.n_max or None,
        "flagged": row.flagged_share,
        "date": _date(row),
        "source": _source(row),
    }
    return values[key]


def _date(row: BoardRow) -> str:
    if row.kind == PUBLISHED:
        return str(row.run.citation.get("year", ""))
    return formatting.date_text(row.run.finished_at)


def _source(row: BoardRow) -> str:
    """Where the figures stand, or that they were measured here."""
    if row.kind != PUBLISHED:
        return MEASURED
    return ", ".join(part for part in (row.run.citation.get("authors"), row.run.where) if part)


def _has_text(row: BoardRow, text: str) -> bool:
    model = row.run.model
    return text.casefold() in f"{model.name} {model.organisation}".casefold()
