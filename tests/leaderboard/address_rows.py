"""Every address of the site, and what it names: the rows of `test_visibility_everywhere.py`.

An address that is new needs a row here, else the test fails. A row says of which kind the thing is that
stands in the address, and which query strings are worth a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

from leaderboard.models import Membership
from tests.leaderboard.hidden_data import Site

TASKS = ("Toy/0", "Toy/1")
_FILES = ("", "?format=csv", "?format=json")
_SEARCHES = ("?q=hushpriv", "?q=hush")  # shorter than what is looked for: pages repeat what was asked
_SHARED = ("?q=shared:lab&cols=shared&sort=shared", "?q=shared!=none&format=csv")
# {runs} are the numbers of all runs, hidden ones too.
_CHOSEN = tuple(f"{query}&run={{runs}}" for query in ("?format=csv", "?k=1", "?table=runs&format=json"))


@dataclass(frozen=True, slots=True)
class Row:
    """`kind`: what its address names, empty for nothing."""

    kind: str = ""
    queries: tuple[str, ...] = ("",)


_SITE, _BENCHMARK, _MODEL, _RUN = Row(), Row("benchmark"), Row("model"), Row("run")
_SAMPLING = Row("sampling")
ROWS: Mapping[str, Row] = {
    "home": _SITE,
    "board": Row(
        "benchmark", (*_FILES, *_SEARCHES, "?show=", "?cols=all", *_CHOSEN, "?best=temperature", *_SHARED)
    ),
    "board-chart": Row("benchmark", ("", "?run={runs}")),
    "problems": Row("benchmark", (*_FILES, *_SEARCHES)),
    "problem": Row("benchmark", (*_FILES, "?q=hush")),
    "matrix": Row("benchmark", (*_FILES, *_SEARCHES)),
    "matrix-numbers": Row("benchmark", ("", *_SEARCHES)),
    "features": Row("benchmark", (*_FILES, *_CHOSEN, "?run={runs}")),
    "feature-chart": Row("benchmark", ("", "?run={runs}")),
    "benchmark-security": Row(
        "benchmark", (*_FILES, "?format=sarif", "?table=models&format=csv", "?run={runs}", *_SEARCHES)
    ),
    "planner": Row("benchmark", ("", "?run={runs}")),
    "planner-chart": Row("benchmark", ("", "?run={runs}")),
    "model": Row("model", _FILES),
    "model-facts": _MODEL,
    "model-chart": _MODEL,
    "figures": _SITE,
    "run": Row("run", _FILES),
    "run-progress": _RUN,
    "run-recheck": _RUN,
    "run-chart": _RUN,
    "run-ranker-chart": _RUN,
    "run-calibration-chart": Row("run", ("", "?by=mean_logprob")),
    "run-cancel": _RUN,
    "run-rescore": _RUN,
    "run-delete": _RUN,
    "run-sharing": _RUN,
    "run-new-link": _RUN,
    "run-security": Row("run", (*_FILES, "?format=sarif")),
    "mark-finding": _RUN,
    "failures": Row("run", ("", "?program=0", "?program=0&format=py", "?against=reference", "?format=json")),
    "compare": Row("", ("", "?add=hush", "?run={runs}", *_CHOSEN)),
    "compare-offered": Row("", ("", "?add=hush", "?add={run}", "?run={runs}&add=hush")),
    "compare-chart": Row("", ("?run={runs}",)),
    "compare-samples": Row("", ("?run={runs}",)),
    "upload": _SITE,
    "upload-parts": _SITE,
    "upload-part": Row("upload"),
    "upload-finish": Row("upload"),
    "upload-reading": Row("upload"),
    "preview": Row("upload"),
    "discard": Row("upload"),
    "account": _SITE,
    "sign-up": _SITE,
    "sign-in": _SITE,
    "sign-out": _SITE,
    "password": _SITE,
    "password-reset": _SITE,
    "password-reset-sent": _SITE,
    "password-reset-confirm": Row("reset"),
    "account-settings": _SITE,
    "end-sessions": _SITE,
    "account-delete": _SITE,
    "tokens": _SITE,
    "token-revoke": Row("token"),
    "invitation-accept": Row("member"),
    "invitation-decline": Row("member"),
    "organisations": _SITE,
    "organisation": Row("organisation"),
    "organisation-invite": Row("organisation"),
    "organisation-rename": Row("organisation"),
    "organisation-delete": Row("organisation"),
    "member-role": Row("member"),
    "member-remove": Row("member"),
    "sample": _SITE,
    "sample-keys": _SITE,
    "sample-key-delete": Row("key"),
    "sampling": _SAMPLING,
    "sampling-state": _SAMPLING,
    "sampling-resume": _SAMPLING,
    "sampling-start": _SAMPLING,
    "sampling-again": _SAMPLING,
    "sampling-cancel": _SAMPLING,
    "sampling-score": _SAMPLING,
    "sampling-delete": _SAMPLING,
    "audit": Row("", ("", "?q=hush", "?q={run}")),
    "healthz": _SITE,
}


@dataclass(frozen=True, slots=True)
class Address:
    """`name`: in urls.py; `kind`: of what it names; `path` with its query string."""

    name: str
    kind: str
    path: str

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


def patterns(
    rows: Mapping[str, Row], resolver: URLResolver | None = None, before: str = ""
) -> Iterator[tuple[str, str]]:
    """Name and whole route of every address but the administration's, which `test_admin.py` walks."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield one.name or "", route
        elif getattr(one, "namespace", None) != "admin":
            yield from patterns(rows, one, route)


def addresses(rows: Mapping[str, Row], site: Site) -> Iterator[Address]:
    """Every address with every thing of its kind, hidden or not, and with every query string."""
    for name, route in patterns(rows):
        row = rows[name]
        for filled in _filled(route, row.kind, site):
            for query in row.queries:
                for known in _queried(query, site):
                    yield Address(name, row.kind, f"/{filled}{known}")


# Parts of addresses that stand for a thing of the row's kind.
_OF_A_KIND = frozenset(
    ("pk", "run", "slug", "name", "token", "upload", "sampling", "key", "member", "invitation")
)


def _filled(route: str, kind: str, site: Site) -> Iterator[str]:
    parts = route.replace(">", "<").split("<")
    names = [part.rpartition(":")[2] for part in parts[1::2]]
    if kind == "member" and len(names) == 2:  # the two belong together
        choices: Iterator[tuple[str, ...]] = iter(
            (row.organisation.slug, str(row.pk)) for row in Membership.objects.select_related("organisation")
        )
    else:
        choices = product(*(_values(kind, name, site) for name in names))
    for values in choices:
        text = list(parts)
        text[1::2] = [quote(value, safe="/") for value in values]
        yield "".join(text)


def _values(kind: str, name: str, site: Site) -> list[str]:
    if name == "task_id":
        return list(TASKS)
    if name in _OF_A_KIND:
        special = {("board-chart", "name"): [], ("benchmark", "name"): ["size", "curves", "flagged"]}
        return special.get((kind, name)) or _things(kind, site)
    usual = {"benchmark": [site.benchmark.slug], "uidb64": ["MQ"], "rest": ["nothing"]}
    return usual[name]


def _things(kind: str, site: Site) -> list[str]:
    """How addresses name the things of a kind. Runs by their number alone: nobody is told the key."""
    ada = site.users["ada"]
    found: Mapping[str, list[object]] = {
        "benchmark": [site.benchmark.slug],
        "model": [run.model.slug for run in site.runs.values()],
        "run": [run.pk for run in site.runs.values()],
        "upload": [site.upload and site.upload.pk],
        "token": list(ada.api_tokens.values_list("pk", flat=True)),
        "organisation": [site.lab and site.lab.slug],
        "member": list(Membership.objects.values_list("pk", flat=True)),
        "sampling": [site.sampling and site.sampling.pk],
        "key": [site.key and site.key.pk],
        "reset": ["set-password"],
    }
    return [str(one) for one in found[kind] if one]


def _queried(query: str, site: Site) -> Iterator[str]:
    numbers = [str(run.pk) for run in site.runs.values()]
    if "{run}" in query:
        yield from (query.format(run=number) for number in numbers)
    else:
        yield query.format(runs=",".join(numbers))
