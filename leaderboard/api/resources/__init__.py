"""What the API offers: one file per resource, in the order of the docs."""

from __future__ import annotations

from leaderboard.api.resources import (
    account,
    analyses,
    audit,
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
    server_keys,
    settings,
    site,
    tokens,
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
    server_keys.router,
    organisations.router,
    account.router,
    tokens.router,
    audit.router,
    site.router,
)
