"""What the API offers: one file per resource, in the order of the docs."""

from __future__ import annotations

from leaderboard.api.resources import (
    benchmarks,
    boards,
    comparisons,
    exports,
    findings,
    models,
    organisations,
    results,
    runs,
    samplings,
    site,
    uploads,
)

ROUTERS = (
    benchmarks.router,
    boards.router,
    models.router,
    uploads.router,
    runs.router,
    results.router,
    findings.router,
    comparisons.router,
    exports.router,
    samplings.router,
    organisations.router,
    site.router,
)
