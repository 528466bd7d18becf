"""/citation: how to cite a run, a model or a benchmark's board, as the pages say it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.problems import INVALID, ApiProblem, Wrong
from leaderboard.api.schemas.citations import CitationOut, CitationQuery
from leaderboard.citation import bibtex

router = Router(tags=["Exports"])


@router.get("/citation", response=CitationOut, summary="How to cite it", **reads())
def get_citation(request: HttpRequest, query: Query[CitationQuery]) -> Any:
    """Of one run, model or benchmark: BibTeX with today's date, the page's address, and the hashes that tell
    which data it was."""
    if sum(one is not None for one in (query.run, query.model, query.benchmark)) != 1:
        said = "Name one of run, model and benchmark."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    day = timezone.localdate()
    if query.run is not None:
        run = found.run(request, query.run)
        page = request.build_absolute_uri(reverse("run", args=[run.pk]))
        return CitationOut(bibtex=bibtex(page, day, benchmark=None, run=run))
    if query.model is not None:
        model = found.model(request, query.model).model
        page = request.build_absolute_uri(reverse("model", args=[model.slug]))
        return CitationOut(bibtex=bibtex(page, day, benchmark=None, model=model))
    benchmark = found.named_benchmark(query.benchmark or "", place="query")
    page = request.build_absolute_uri(reverse("board", args=[benchmark.slug]))
    return CitationOut(bibtex=bibtex(page, day, benchmark=benchmark))
