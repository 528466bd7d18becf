"""Every page of the site, in one place: the browser tests walk it, `make pages-bench` times it.

A page that is new in `leaderboard/urls.py` is found by its name and opened with the parts that `Places`
knows. Write it into VIEWS where some of its views deserve a visit of their own, and into LEFT_OUT where
there is no page at that address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from django.urls import reverse
from django.urls.resolvers import RoutePattern, URLPattern

from leaderboard import urls

# Query strings of a page, by its name; "" is the page as it opens. {run} and the like are parts of Places.
VIEWS: Mapping[str, tuple[str, ...]] = {
    "board": (
        "",
        "?show=",
        "?k=1,7,999&q=unknown:term params<100B&sort=-pass7"
        "&cols=reranked,curve,flagged,passflagged,verdicts,top_p,released,source",
        "?show=measured,published&best=temperature&run={run}",
    ),
    "problems": ("", "?suspects=1"),
    "matrix": ("", "?show=different&room=1", "?q=nobody"),
    "run": ("", "?verdict=exception"),
    "failures": ("", "?against=reference", "?q=return"),
    "run-security": ("", "?only=asked"),
    "model": ("", "?sort=-pass1"),
    "planner": ("", "?points=2&k=10&compare=unpaired&run={run}"),
    "compare": (
        "",
        "?run={run}&run={other1}",
        "?run={run}&run={other1}&run={other2}&run={other3}&run={other4}&run={other5}",
    ),
    "compare-samples": ("?run={run}&run={other1}",),
}
# Their readers are signed in.
_OF_ACCOUNTS = {"account", "password", "account-settings", "account-delete", "tokens", "audit"}
_OF_GROUPS = {"organisations", "organisation", "run-sharing", "model-facts"}
_OF_SAMPLINGS = {"sample", "sample-keys", "sampling", "sampling-state"}
OWN = frozenset({"upload", "preview"} | _OF_SAMPLINGS | _OF_ACCOUNTS | _OF_GROUPS)
# What a page loads into itself: timed, and seen on its page.
PARTS = frozenset({"run-progress", "run-recheck", "compare-offered", "sampling-state"})
# Not a page, or not one of ours.
LEFT_OUT: Mapping[str, str] = {
    "run-cancel": "answers a form",
    "run-rescore": "answers a form",
    "run-delete": "answers a form",
    "mark-finding": "answers a form",
    "discard": "answers a form",
    "sign-out": "answers a form",
    "run-new-link": "answers a form",
    "end-sessions": "answers a form",
    "token-revoke": "answers a form",
    "invitation-accept": "answers a form",
    "invitation-decline": "answers a form",
    "organisation-invite": "answers a form",
    "organisation-rename": "answers a form",
    "organisation-delete": "answers a form",
    "member-role": "answers a form",
    "member-remove": "answers a form",
    "password-reset-confirm": "opens by a link in a mail",
    "upload-parts": "for scripts",
    "upload-part": "for scripts",
    "upload-finish": "answers a form",
    "upload-reading": "answers a form",
    "sampling-resume": "answers a form",
    "sampling-start": "answers a form",
    "sampling-again": "answers a form",
    "sampling-cancel": "answers a form",
    "sampling-score": "answers a form",
    "sampling-delete": "answers a form",
    "sample-key-delete": "answers a form",
    "healthz": "for machines",
}


@dataclass(frozen=True, slots=True)
class Places:
    """Parts of addresses that exist on a site."""

    benchmark: str
    model: str
    run: int
    others: tuple[int, ...]  # further runs, to compare the run with
    tasks: tuple[str, ...]
    upload: str | None = None  # one that waits
    organisation: str | None = None  # the slug of one of the reader's
    sampling: int | None = None  # one that is done

    def arguments(self, pattern: URLPattern, task: str) -> dict[str, object] | None:
        """Arguments for `reverse`; None where the address has a part that is not known here."""
        known: dict[str, object] = {"task_id": task, "slug": self.benchmark, "pk": self.run}
        route = route_of(pattern)
        if route.startswith("models/"):
            known["slug"] = self.model
        if route.startswith("upload/"):
            known["pk"] = self.upload
        if route.startswith("sample/"):
            known["pk"] = self.sampling
        if route.startswith("organisations/"):
            known["slug"] = self.organisation
        given = {name: known.get(name) for name in pattern.pattern.converters}
        return None if None in given.values() else given

    @property
    def words(self) -> dict[str, object]:
        """What a query string of VIEWS may name."""
        others = {f"other{number}": pk for number, pk in enumerate(self.others, 1)}
        return {"benchmark": self.benchmark, "model": self.model, "run": self.run} | others


@dataclass(frozen=True, slots=True)
class PageAddress:
    name: str  # in urls.py
    address: str
    own: bool  # for readers who are signed in
    part: bool = False  # of a page


def page_addresses(places: Places) -> list[PageAddress]:
    """Every page of the site with its views."""
    return [
        PageAddress(name, address, name in OWN, name in PARTS)
        for name, pattern in _pages()
        for address in _addresses(name, pattern, places)
    ]


def unknown_names(places: Places) -> list[str]:
    """Pages for which neither this file nor `places` knows how to write their address."""
    return [name for name, pattern in _pages() if not _addresses(name, pattern, places)]


def _addresses(name: str, pattern: URLPattern, places: Places) -> list[str]:
    tasks = places.tasks if "task_id" in pattern.pattern.converters else ("",)
    found = []
    for task in tasks:
        arguments = places.arguments(pattern, task)
        if arguments is not None:
            address = reverse(name, kwargs=arguments)
            found += [address + query for query in _queries(name, places)]
    return found


def _queries(name: str, places: Places) -> list[str]:
    """The page's query strings, but for those that name a part which this site hasn't got."""
    views = VIEWS.get(name, ("",))
    wanted = [
        view for view in views if {word for _, word, *_ in Formatter().parse(view)} <= {None, *places.words}
    ]
    return [view.format(**places.words) for view in wanted]


def _pages() -> Iterator[tuple[str, URLPattern]]:
    """Patterns with a name, but for those of LEFT_OUT and files of data, which pages link to."""
    for pattern in urls.urlpatterns:
        if not isinstance(pattern, URLPattern) or not pattern.name or pattern.name in LEFT_OUT:
            continue
        if not route_of(pattern).endswith((".json", ".csv")):
            yield pattern.name, pattern


def route_of(pattern: URLPattern) -> str:
    """The pattern as it is written in urls.py."""
    route = pattern.pattern
    return str(route) if isinstance(route, RoutePattern) else ""
