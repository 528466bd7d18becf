"""How long the site takes to answer for each of its pages, on the database of the settings."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Set
from dataclasses import dataclass
from html import unescape
from statistics import median, quantiles

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leaderboard.models import Cell, Run, Upload
from tests.page_list import PageAddress, Places, page_addresses, unknown_names

_PAGE_MILLISECONDS = 150.0
_BOARD_MILLISECONDS = 50.0
_BOARD_BYTES = 150_000
_BOARDS = ("home", "board")
_CHART = re.compile(r'data-chart="([^"]+)"')
_CHART_WIDTH = 900  # pixels, as a browser tells


@dataclass(frozen=True, slots=True)
class Measured:
    page: PageAddress
    status: int
    seconds: list[float]
    queries: int
    wire: int  # bytes, compressed

    @property
    def most_milliseconds(self) -> float:
        return _BOARD_MILLISECONDS if self.page.name in _BOARDS else _PAGE_MILLISECONDS

    @property
    def faults(self) -> list[str]:
        """What misses its target, in words."""
        said = []
        if self.status != 200:
            said.append(f"answers {self.status}")
        if median(self.seconds) * 1000 > self.most_milliseconds:
            said.append(f"over {self.most_milliseconds:.0f} ms")
        if self.page.name in _BOARDS and self.wire > _BOARD_BYTES:
            said.append(f"over {_BOARD_BYTES // 1000} kB")
        return said

    def line(self) -> str:
        slow = quantiles(self.seconds, n=10)[-1] if len(self.seconds) > 1 else self.seconds[0]
        times = f"{median(self.seconds) * 1000:8.1f}{slow * 1000:8.1f}"
        mark = "MISSED: " + ", ".join(self.faults) if self.faults else "ok"
        name = f"{self.page.name:<16}{self.page.address[:70]:<72}"
        return f"{name}{times}{self.queries:8}{self.wire / 1000:8.1f}  {mark}"


def measure_pages(only: Set[str], rounds: int) -> list[Measured]:
    """Asks for every page (or those of these names) and their charts; prints a line for each."""
    places = places_of_this_site()
    print(f"\n{'':<88}{'p50 ms':>8}{'p90 ms':>8}{'queries':>8}{'kB gz':>8}")
    found = []
    for page in page_addresses(places):
        if only and page.name not in only:
            continue
        for measured in _with_charts(page, rounds):
            found.append(measured)
            print(measured.line(), flush=True)
    missed = sum(bool(measured.faults) for measured in found)
    print(f"\n{connection.vendor}: {len(found)} addresses, {missed} miss a target.")
    for name in unknown_names(places):
        print(f"Not measured: “{name}”. Its address has a part that tests/page_list.py does not know.")
    return found


def places_of_this_site() -> Places:
    """The middle run of the benchmark that has most, with others beside it."""
    runs = list(Run.objects.filter(source="uploaded", status="done", visibility="public").order_by("pk"))
    run = runs[len(runs) // 2]
    upload = Upload.objects.first()
    tasks = list(run.cells.order_by("problem__position").values_list("problem__task_id", flat=True))
    return Places(
        benchmark=run.benchmark.slug,
        model=run.model.slug,
        run=run.pk,
        others=tuple(one.pk for one in (runs[-1], runs[len(runs) // 4], runs[len(runs) // 3])),
        tasks=(tasks[0], _mixed_task(run) or tasks[-1]),
        upload=str(upload.pk) if upload else None,
    )


def _mixed_task(run: Run) -> str | None:
    """A problem that the run fails in many ways."""
    cells = Cell.objects.filter(run=run, c__gt=0).order_by("-programs")
    return cells.values_list("problem__task_id", flat=True).first()


def _with_charts(page: PageAddress, rounds: int) -> Iterator[Measured]:
    client = Client(headers={"accept-encoding": "gzip"}, raise_request_exception=False)
    if page.own:
        client.force_login(User.objects.get(username="admin"))
    measured, html = _measure(client, page, rounds)
    yield measured
    for address in dict.fromkeys(_CHART.findall(html)):
        at = unescape(address)
        wide = f"{at}{'&' if '?' in at else '?'}width={_CHART_WIDTH}"
        yield _measure(client, PageAddress("  its chart", wide, page.own), rounds)[0]


def _measure(client: Client, page: PageAddress, rounds: int) -> tuple[Measured, str]:
    client.get(page.address)  # templates and modules are loaded by the first who asks
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.address)
    wire = len(response.content)
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(page.address)
        seconds.append(time.perf_counter() - started)
    html = Client(raise_request_exception=False)
    if page.own:
        html.cookies = client.cookies
    text = html.get(page.address).content.decode(errors="replace")
    return Measured(page, response.status_code, seconds, len(queries), wire), text
