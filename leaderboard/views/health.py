"""/healthz: for load balancers and watchers."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leaderboard.queries import health
from leaderboard.views.context import site


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where all works, else 503; the parts say which one doesn't."""
    parts = {"database": health.database()}
    if parts["database"].ok:
        parts |= {"broker": health.broker(), "workers": health.workers(), "samplers": health.samplers()}
    ok = all(part.ok for part in parts.values())
    body: dict[str, object] = {"ok": ok, "version": site(request)["site_version"]}
    body |= {name: {"ok": part.ok, "state": part.state} for name, part in parts.items()}
    if parts["database"].ok:
        body["sandbox"] = health.sandbox()
    return JsonResponse(body, status=200 if ok else 503)
