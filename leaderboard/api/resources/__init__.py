"""What the API offers: one file per resource, in the order of the docs."""

from __future__ import annotations

from leaderboard.api.resources import (
    analyses,
    benchmarks,
    boards,
    comparisons,
    exports,
    features,
    findings,
    models,
    organisations,
    plans,
    results,
    runs,
    samplings,
    settings,
    site,
    uploads,
)

ROUTERS = (
    benchmarks.router,
    boards.router,
    features.router,
    plans.router,
    models.router,
    settings.router,
    uploads.router,
    runs.router,
    analyses.router,
    results.router,
    findings.router,
    comparisons.router,
    exports.router,
    samplings.router,
    organisations.router,
    site.router,
)
