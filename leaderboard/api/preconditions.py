"""If-Match: a change is made only to what its caller has seen; 412 where that has changed meanwhile.

The thing is what the address names (a run, a sampling, an organisation, what is known of a model), its ETag
that of reading it. Its row is locked while the tag is compared and the change is made, so of two callers with
one tag one succeeds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja.operation import Operation, PathView

from leaderboard.api.access import SAFE
from leaderboard.api.conditional import tag_of
from leaderboard.api.problems import PRECONDITION, ApiProblem
from leaderboard.models import Model, Organisation, Run, Sampling
from leaderboard.run_links import run_number

HEADER = "If-Match"
_CONVERTER = re.compile(r"\{\w+:")
_WEAK = "W/"  # what an answer's tag begins with once it was compressed
_ROWS: Mapping[str, Callable[[Any], QuerySet[Any]]] = {
    "runs/{run}": lambda word: Run.objects.filter(pk=run_number(word)),
    "samplings/{sampling}": lambda pk: Sampling.objects.filter(pk=pk),
    "organisations/{slug}": lambda slug: Organisation.objects.filter(slug=slug),
    "models/{slug}/facts": lambda slug: Model.objects.filter(slug=slug),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What an address names: `reading` answers with it, `name` is its part of the address."""

    reading: Operation
    name: str
    rows: Callable[[Any], QuerySet[Any]]


def has_thing(route: str) -> bool:
    """Whether If-Match can be asked of the operations at this address, as in "runs/{run}/cancel"."""
    return _thing_of(route) is not None


def things(path_views: Mapping[str, PathView]) -> dict[str, Thing]:
    """The thing of each of these routes that has one."""
    plain = {_plain(route): view for route, view in path_views.items()}
    known = {}
    for of, rows in _ROWS.items():
        reading = next(one for one in plain[of].operations if "GET" in one.methods)
        known[of] = Thing(reading, of.partition("{")[2].partition("}")[0], rows)
    return {route: known[of] for route in path_views if (of := _thing_of(route))}


def only_if_unchanged(
    request: HttpRequest, thing: Thing | None, parts: Mapping[str, object], change: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer of the change. Raises ApiProblem where the request's If-Match does not hold."""
    wanted = request.headers.get(HEADER)
    if wanted is None or request.method in SAFE:
        return change()
    if thing is None:
        said = f"This operation names nothing that could be compared with {HEADER}. Send it without."
        raise ApiProblem(PRECONDITION, said)
    with transaction.atomic():
        part = parts[thing.name]
        list(thing.rows(part).select_for_update().values_list("pk"))
        seen: HttpResponse = thing.reading.run(request, **{thing.name: part})  # type: ignore[assignment]
        if seen.status_code != 200:
            return seen  # not there for this caller: that, and not its tag, is what they are told
        if not _holds(wanted, tag := tag_of(seen)):
            said = f"It has changed since: {HEADER} names another state of it. Read it again."
            raise ApiProblem(PRECONDITION, said, headers={"ETag": tag})
        response = change()
        if response.status_code >= 400:  # what was raised is an answer by now
            transaction.set_rollback(True)
    return response


def _holds(wanted: str, tag: str) -> bool:
    tags = parse_etags(wanted.strip())
    return "*" in tags or tag in [one.removeprefix(_WEAK) for one in tags]


def _thing_of(route: str) -> str | None:
    plain = _plain(route)
    return next((of for of in _ROWS if plain == of or plain.startswith(f"{of}/")), None)


def _plain(route: str) -> str:
    """Without slashes around it and without converters: "samplings/{sampling}"."""
    return _CONVERTER.sub("{", route.strip("/"))
