"""/api/v1/docs and /api/v1/openapi.json: the API as people and as programs read of it."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from leaderboard.api import problems
from leaderboard.api.docs_rows import groups, schema_rows
from leaderboard.api.document import document


@require_safe
@conditional_page
def page(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, answers and a curl line; GETs that need nothing are links."""
    found = document()
    base = request.build_absolute_uri("/")[:-1]
    context = {
        "groups": groups(found, base),
        "schemas": schema_rows(found),
        "problems": problems.KINDS,
        "rate": settings.API_RATE,
        "base": base,
        "openapi": found["openapi"],
    }
    return render(request, "leaderboard/api_docs.html", context)


@require_safe
@conditional_page
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return HttpResponse(json.dumps(document(), indent=1), content_type="application/json")
