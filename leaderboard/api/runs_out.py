"""Runs as the API writes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from evaluator.records import Limits
from leaderboard.api.schemas.common import PassAtK, pass_at_k, stored
from leaderboard.api.schemas.runs import FlipOut, ModelName, Recheck, RunDetail, RunOut
from leaderboard.models import Model, Run
from leaderboard.queries.runs import figures_of
from leaderboard.queries.visibility import may_change
from leaderboard.run_links import settle
from leaderboard.time_limit import limit_words
from leaderboard.views.run_facts import said_otherwise

_PLAIN = (
    *("id", "source", "verdicts_from", "visibility", "status", "synthetic", "created_at", "started_at"),
    *("finished_at", "temperature", "top_p", "note", "n_min", "n_max", "samples", "programs"),
    *("problems_covered",),
)
_DETAILS = (
    *("limits", "judge_version", "sandbox_tier", "rules_version", "file_name", "file_sha256"),
    *("file_format", "left_out", "taken_over", "citation", "where", "method"),
    *("sampled_as", "file_options", "changes"),
)


def run_out(request: HttpRequest, run: Run) -> RunOut:
    """The run, which comes with its benchmark, model, owner and organisation."""
    return RunOut(**_values(request, run))


def run_detail(request: HttpRequest, run: Run) -> RunDetail:
    details: dict[str, Any] = {name: getattr(run, name) for name in _DETAILS}
    return RunDetail(
        **_values(request, run),
        **details,
        may_change=may_change(request.user, run),
        benchmark_version=run.benchmark.version,
        time_limit=limit_words(Limits(**run.limits)) if run.limits else "",
        counts_only=run.has_counts_only,
        recheck=_recheck(run),
        secure=_secure(run),
        said_of_model=said_otherwise(run),
    )


def model_name(model: Model) -> ModelName:
    return ModelName(
        slug=model.slug,
        name=model.name,
        organisation=model.organisation,
        parameters=model.parameters,
        released=model.released,
        synthetic=model.synthetic,
    )


def _values(request: HttpRequest, run: Run) -> dict[str, Any]:
    settle(run)
    return {
        **{name: getattr(run, name) for name in _PLAIN},
        "benchmark": run.benchmark.slug,
        "model": model_name(run.model),
        "owner": run.owner.get_username() if run.owner else None,
        "organisation": run.organisation.slug if run.organisation else None,
        "figures": [pass_at_k(figure) for figure in figures_of(run)],
        "reranked": stored(run.reranked),
        "flagged": stored(run.security.get("flagged")),
        "passed_flagged": stored(run.security.get("passed_flagged")),
        "verdicts": run.verdict_counts,
        "page": request.build_absolute_uri(reverse("run", args=[run.pk])),
    }


def _recheck(run: Run) -> Recheck:
    known = run.recheck
    names = ("task_id", "program", "before", "after")
    return Recheck(
        programs=known.get("programs"),
        flips=known.get("flips"),
        flipped=[FlipOut(**dict(zip(names, flip, strict=True))) for flip in known.get("flipped", ())],
        judge_version=known.get("judge_version", ""),
        due=run.status == Run.Status.DONE and run.recheck_at is not None and not known,
    )


def _secure(run: Run) -> list[PassAtK]:
    known = run.security.get("secure", {}).items()
    rows = [PassAtK(k=int(k), value=raw["value"], low=raw["low"], high=raw["high"]) for k, raw in known]
    return sorted(rows, key=lambda row: row.k)
