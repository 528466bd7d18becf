"""/exports: the tables of the pages as files, made by the pages' own views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router
from pydantic import BaseModel

from leaderboard.api import found
from leaderboard.api.operations import JSON, reads
from leaderboard.api.problems import INVALID
from leaderboard.api.schemas.common import RunId, Slug
from leaderboard.api.schemas.exports import (
    BoardFileQuery,
    ComparisonFileQuery,
    FeaturesFileQuery,
    MatrixFileQuery,
    ModelFileQuery,
    PlanFileQuery,
    ProblemsFileQuery,
    ResultsFileQuery,
    SecurityFileQuery,
)
from leaderboard.views import board, compare, features, matrix, models, planner, problems, runs, security

router = Router(tags=["Exports"])
Rows = list[dict[str, Any]]
_TABLE = (JSON, "text/csv", "application/x-tex")
_SARIF = "application/sarif+json"


def _file(path: str, summary: str, *more: str) -> Callable[..., Any]:
    kinds = (*_TABLE, *more)
    return router.get(path, response=Rows, summary=summary, **reads(INVALID, formats=kinds))


@_file("/exports/benchmarks/{slug}/leaderboard", "A leaderboard")
def export_leaderboard(request: HttpRequest, slug: Slug, query: Query[BoardFileQuery]) -> Any:
    return _as_page(request, query, board.board, reverse("board", args=[_known(slug)]), slug=slug)


@_file("/exports/benchmarks/{slug}/problems", "A benchmark's problems")
def export_problems(request: HttpRequest, slug: Slug, query: Query[ProblemsFileQuery]) -> Any:
    return _as_page(request, query, problems.problems, reverse("problems", args=[_known(slug)]), slug=slug)


@_file("/exports/benchmarks/{slug}/matrix", "Runs × problems")
def export_matrix(request: HttpRequest, slug: Slug, query: Query[MatrixFileQuery]) -> Any:
    return _as_page(request, query, matrix.matrix, reverse("matrix", args=[_known(slug)]), slug=slug)


@_file("/exports/benchmarks/{slug}/features", "Where models break")
def export_features(request: HttpRequest, slug: Slug, query: Query[FeaturesFileQuery]) -> Any:
    return _as_page(request, query, features.features, reverse("features", args=[_known(slug)]), slug=slug)


@_file("/exports/benchmarks/{slug}/plan", "A plan")
def export_plan(request: HttpRequest, slug: Slug, query: Query[PlanFileQuery]) -> Any:
    return _as_page(request, query, planner.planner, reverse("planner", args=[_known(slug)]), slug=slug)


@_file("/exports/benchmarks/{slug}/security", "Security of all runs", _SARIF)
def export_benchmark_security(request: HttpRequest, slug: Slug, query: Query[SecurityFileQuery]) -> Any:
    address = reverse("benchmark-security", args=[_known(slug)])
    return _as_page(request, query, security.benchmark_security, address, slug=slug)


@_file("/exports/models/{slug}", "A model's runs and settings")
def export_model(request: HttpRequest, slug: Slug, query: Query[ModelFileQuery]) -> Any:
    address = reverse("model", args=[found.model(request, slug).model.slug])
    return _as_page(request, query, models.model, address, slug=slug)


@_file("/exports/runs/{run}/problems", "A run's problems")
def export_results(request: HttpRequest, run: RunId, query: Query[ResultsFileQuery]) -> Any:
    pk = found.run(request, run).pk
    return _as_page(request, query, runs.run_page, reverse("run", args=[pk]), pk=pk)


@_file("/exports/runs/{run}/security", "A run's findings", _SARIF)
def export_run_security(request: HttpRequest, run: RunId, query: Query[SecurityFileQuery]) -> Any:
    pk = found.run(request, run).pk
    return _as_page(request, query, security.run_security, reverse("run-security", args=[pk]), pk=pk)


@_file("/exports/comparisons", "A comparison")
def export_comparison(request: HttpRequest, query: Query[ComparisonFileQuery]) -> Any:
    return _as_page(request, query, compare.compare, reverse("compare"))


def _known(slug: str) -> str:
    return found.benchmark(slug).slug


def _as_page(
    request: HttpRequest, query: BaseModel, view: Callable[..., HttpResponse], path: str, **parts: object
) -> HttpResponse:
    """What the page at this path answers to the same question. LaTeX captions name that page."""
    asked = request.GET.copy()
    asked.update({"format": query.format} if "format" not in asked else {})  # type: ignore[attr-defined]
    request.GET, request.path = asked, path  # type: ignore[assignment]
    return view(request, **parts)
