"""Rows of the board: which are shown in which order, as strings for tables, as records for files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse

from evaluator.metrics import RankInterval
from evaluator.records import Limits, Verdict
from leaderboard import formatting
from leaderboard.models import Run
from leaderboard.queries.board import IMPORTED, MEASURED, PUBLISHED, BoardRow
from leaderboard.queries.runs import Figure
from leaderboard.tables import Order, Value, in_order
from leaderboard.time_limit import limit_tag, limit_words
from leaderboard.views.board_choice import pass_k

Ranks = Mapping[int, RankInterval]
_BELOW = {IMPORTED: 1, PUBLISHED: 2}


def ordered(rows: Sequence[BoardRow], order: Order, ranks: Ranks) -> list[BoardRow]:
    """Measured rows first, then those that leave problems out, then what was imported or published.

    Each group in this order: nobody's own word stands above what was measured here.
    """
    found = in_order(
        rows,
        order,
        lambda row, key: _value(row, key, ranks),
        tie=lambda row: (row.run.model.name.casefold(), row.run.pk),
    )
    # sorted() is stable: each group keeps the order.
    return sorted(found, key=lambda row: (_BELOW.get(row.kind, 0), not row.complete))


def row_texts(rows: Sequence[BoardRow], ks: Sequence[int], problem_count: int) -> list[dict[str, Any]]:
    """What a table of runs prints, row by row: the usual columns with these k."""
    runs_of = Counter(row.run.model_id for row in rows)
    figures = formatting.columns_aligned([[figure_text(row.figures.get(k)) for k in ks] for row in rows])
    return [
        texts_of(row, problem_count) | _model_link(row, runs_of) | {"figures": texts, "bar": bar(row, ks)}
        for row, texts in zip(rows, figures, strict=True)
    ]


def record(row: BoardRow, ks: Sequence[int], ranks: Ranks) -> dict[str, Any]:
    """The row with raw values, for files. Shares are fractions."""
    run, rank = row.run, ranks.get(row.run.pk)
    figures: dict[str, Any] = {}
    for k in ks:
        figures |= _bounded(f"pass@{k}", row.figures.get(k))
        if row.origins:
            figures[f"pass@{k}_temperature"] = row.origins[k].temperature if k in row.origins else None
    return {
        "run": run.pk,
        "rank": rank.point if rank else None,
        "rank_low": rank.low if rank else None,
        "rank_high": rank.high if rank else None,
        "model": run.model.name,
        "organisation": run.model.organisation,
        "shared_with": shared_with(row),
        "parameters": run.model.parameters,
        "released": run.model.released,
        "temperature": run.temperature,
        "top_p": run.top_p,
        "n_min": run.n_min or None,
        "n_max": run.n_max or None,
        **figures,
        **_bounded("reranked_rate", row.reranked),
        **_bounded("flagged", row.security("flagged")),
        **_bounded("passed_flagged_share", row.security("passed_flagged")),
        **{name.value: run.verdict_counts.get(name.value) for name in Verdict},
        "problems_covered": run.problems_covered or None,
        "kind": row.kind,
        "date": date_text(row),
        "time_limit": time_limit(row),
        "method": run.method,
        "source": source_text(row),
        "source_url": run.citation.get("url", ""),
    }


def time_limit(row: BoardRow) -> str:
    """In words; empty where nothing was run here."""
    return "" if row.kind in (IMPORTED, PUBLISHED) else limit_words(Limits(**row.run.limits))


def label(row: BoardRow) -> str:
    """The run's name on charts: the model, and its temperature where it is known."""
    run = row.run
    if row.origins:
        return run.model.name
    return run.model.name if run.temperature is None else f"{run.model.name} T={run.temperature:g}"


def texts_of(row: BoardRow, problem_count: int) -> dict[str, Any]:
    """Name and settings as a table prints them."""
    run = row.run
    return {
        "address": page_address("run", run.pk),
        "name": run.model.name,
        "title": "published" if row.kind == PUBLISHED else f"run {run.pk}",
        "organisation": run.model.organisation,
        "tags": _tags(row, problem_count),
        "size": formatting.size_text(run.model.parameters),
        "temperature": formatting.plain_number(run.temperature),
        "top_p": formatting.plain_number(run.top_p),
        "n": formatting.samples_text(run.n_min, run.n_max),
        "flagged": figure_text(row.security("flagged")),
        "date": date_text(row),
        "source": source_text(row),
        "source_address": run.citation.get("url", "") if row.kind == PUBLISHED else "",
    }


def page_address(name: str, of: int | str) -> str:
    """Address of a run's or a model's page; tables ask for hundreds."""
    return _reversed(get_script_prefix(), name, of)


@lru_cache(maxsize=4096)
def _reversed(_prefix: str, name: str, of: int | str) -> str:
    return reverse(name, args=[of])


def figure_text(figure: Figure | None) -> formatting.FigureText:
    if figure is None:
        return formatting.MISSING_FIGURE
    return formatting.figure_text(figure.value, figure.low, figure.high, figure.printed)


def bar(row: BoardRow, ks: Sequence[int]) -> str:
    """Width, of 100, of the bar behind the first figure."""
    figure = row.figures.get(ks[0]) if ks else None
    return f"{figure.value * 100:.2f}" if figure else ""


def date_text(row: BoardRow) -> str:
    if row.kind == PUBLISHED:
        return str(row.run.citation.get("year", ""))
    return formatting.date_text(row.run.finished_at)


def source_text(row: BoardRow) -> str:
    """Where the figures stand, or whether they were measured here."""
    if row.kind != PUBLISHED:
        return IMPORTED if row.kind == IMPORTED else MEASURED
    return ", ".join(part for part in (row.run.citation.get("authors"), row.run.where) if part)


def shared_with(row: BoardRow) -> str:
    """Name of the organisation that shares the run; empty where none does."""
    return row.run.organisation.name if row.run.organisation else ""


def _bounded(name: str, figure: Figure | None) -> dict[str, float | None]:
    return {
        name: figure.value if figure else None,
        f"{name}_low": figure.low if figure else None,
        f"{name}_high": figure.high if figure else None,
    }


def _model_link(row: BoardRow, runs_of: Mapping[int, int]) -> dict[str, str]:
    model = row.run.model
    count = formatting.counted(runs_of[model.pk], "row")
    return {"model_address": page_address("model", model.slug), "model_runs": f"{model.name}: {count}"}


def _tags(row: BoardRow, problem_count: int) -> list[tuple[str, str]]:
    """Words beside the name, each with what it means."""
    run = row.run
    tags = []
    if run.synthetic:
        tags.append(("synthetic", "Demo data: mutated reference solutions, no model wrote them"))
    if row.kind == IMPORTED:
        tags.append((IMPORTED, "Not ranked: its verdicts are another harness's, nothing was run here"))
    if run.visibility != Run.Visibility.PUBLIC:
        tags.append((run.visibility, "Not ranked: only public runs are"))
    if row.kind != PUBLISHED and not row.complete:
        missing = f"{run.problems_covered} of {problem_count}"
        tags.append((missing, "Not ranked: the run has no samples of the other problems"))
    if row.kind not in (IMPORTED, PUBLISHED) and (limited := limit_tag(Limits(**run.limits))):
        tags.append(limited)
    if row.kind == PUBLISHED and run.method not in ("", "pass@k"):
        tags.append((run.method, f"Not plain pass@k: {run.method}"))
    return tags


def _value(row: BoardRow, key: str, ranks: Ranks) -> Value:
    k = pass_k(key)
    return _rate(row.figures.get(k)) if k is not None else _VALUES[key](row, ranks)


def _rate(figure: Figure | None) -> float | None:
    return figure.value if figure else None


def _gain(row: BoardRow) -> float | None:
    """What trying again brings: pass@k at the largest k less pass@1."""
    return row.figures[max(row.figures)].value - row.figures[1].value if 1 in row.figures else None


def _failed_otherwise(verdicts: Mapping[str, int]) -> float | None:
    """Share of samples that fail without giving a wrong answer: they raise, hang or do not compile."""
    total = sum(verdicts.values())
    answered = verdicts.get(Verdict.PASSED, 0) + verdicts.get(Verdict.WRONG_ANSWER, 0)
    return 1 - answered / total if total else None


_VALUES: Mapping[str, Callable[[BoardRow, Ranks], Value]] = {
    "rank": lambda row, ranks: ranks[row.run.pk].point if row.run.pk in ranks else None,
    "model": lambda row, _: row.run.model.name.casefold(),
    "reranked": lambda row, _: _rate(row.reranked),
    "curve": lambda row, _: _gain(row),
    "flagged": lambda row, _: _rate(row.security("flagged")),
    "passflagged": lambda row, _: _rate(row.security("passed_flagged")),
    "verdicts": lambda row, _: _failed_otherwise(row.run.verdict_counts),
    "organisation": lambda row, _: row.run.model.organisation.casefold() or None,
    "shared": lambda row, _: shared_with(row).casefold() or None,
    "size": lambda row, _: row.run.model.parameters,
    "temperature": lambda row, _: row.run.temperature,
    "top_p": lambda row, _: row.run.top_p,
    "n": lambda row, _: row.run.n_max or None,
    "date": lambda row, _: date_text(row),
    "released": lambda row, _: row.run.model.released,
    "source": lambda row, _: source_text(row),
}
