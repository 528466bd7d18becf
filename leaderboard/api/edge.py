"""What every request to the API goes through: who asks, how often, with which parameters, what was had."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from ninja.operation import Operation, PathView

from leaderboard.api import access, conditional, problems, rate, repeats, requests_in
from leaderboard.api.operations import rules_of
from leaderboard.api.preconditions import Thing, only_if_unchanged
from leaderboard.api.problems import METHOD, NOT_FOUND, ApiProblem
from leaderboard.api.state import state_of
from leaderboard.client_address import client_address, network_of

View = Callable[..., HttpResponse]


def edged(path_view: PathView, thing: Thing | None = None) -> View:
    """The view of one address; `thing`: what If-Match is compared with there."""

    def view(request: HttpRequest, **parts: object) -> HttpResponse:
        return _finished(request, lambda: _answer(request, path_view, parts, thing))

    view.csrf_exempt = True  # type: ignore[attr-defined]  # `access` checks where a session speaks
    return view


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer at addresses that are none of ours."""

    def refuse() -> HttpResponse:
        raise ApiProblem(NOT_FOUND, f"There is no “{rest[:200]}” in this API: see {problems.DOCS}.")

    return _finished(request, refuse)


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _answer(
    request: HttpRequest, path_view: PathView, parts: dict[str, object], thing: Thing | None
) -> HttpResponse:
    methods = _methods(path_view)
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
    operation = _operation(request, path_view)
    if operation is None:
        allowed = ", ".join(methods)
        raise ApiProblem(METHOD, f"This address takes {allowed}.", headers={"Allow": allowed})
    rules, state = rules_of(operation), state_of(request)
    caller = _counted_caller(request)
    requests_in.check_size(request, rules)
    access.check(request, caller, rules)
    requests_in.check_text(request, parts)
    requests_in.check_query(request, operation)
    requests_in.check_type(request, rules)
    state.caller = caller

    def run() -> HttpResponse:
        return only_if_unchanged(request, thing, parts, lambda: operation.run(request, **parts))  # type: ignore[return-value,arg-type]

    if rules.repeatable and (key := request.headers.get(repeats.HEADER)):
        response = repeats.once(request, key, run, rules.told_once)
    else:
        response = run()
    if rules.told_once:
        patch_cache_control(response, no_store=True)
    return response


def _counted_caller(request: HttpRequest) -> access.Caller:
    """The caller, its request counted. Requests with bad tokens count against their address."""
    address = network_of(client_address(request))  # behind a proxy all would else share one count
    state = state_of(request)
    try:
        caller = access.caller_of(request)
    except ApiProblem:
        state.quota = rate.count(f"address {address}")
        rate.refuse_above(state.quota)
        raise
    state.quota = rate.count(caller.counted_as(address))
    rate.refuse_above(state.quota)
    return caller


def _finished(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        response = make()
    except ApiProblem as problem:
        response = problems.answer(request, problem)
    if response.status_code >= 400 and response.get("Content-Type", "").startswith("text/"):
        response = _as_problem(request, response)
    state = state_of(request)
    state.quota.tell(response)
    if state.links and response.status_code < 300:
        response["Link"] = ", ".join(f'<{address}>; rel="{name}"' for name, address in state.links.items())
    if state.location and response.status_code == 201:
        response["Location"] = state.location
    patch_vary_headers(response, ["Authorization", "Cookie"])
    patch_cache_control(response, private=True, no_cache=True)
    return conditional.unchanged_or(request, response, state.tag)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What a page's view says in plain text of a file that it can't make."""
    said = response.content.decode(errors="replace")
    return problems.answer(request, ApiProblem(problems.of_status(response.status_code), said))


def _methods(path_view: PathView) -> list[str]:
    known = {method for operation in path_view.operations for method in operation.methods}
    return sorted(known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set()))


def _operation(request: HttpRequest, path_view: PathView) -> Operation | None:
    method = "GET" if request.method == "HEAD" else request.method
    return next((one for one in path_view.operations if method in one.methods), None)
