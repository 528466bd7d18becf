"""How long the site takes to answer for each of its pages, on the database of the settings."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Set
from dataclasses import dataclass
from html import unescape
from statistics import median, quantiles

from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.big_site import analysed_runs
from leaderboard.models import Cell, Organisation, Run, Sampling, Upload
from tests.page_list import PageAddress, Places, page_addresses, unknown_names

_PAGE_MILLISECONDS = 150.0
_BOARD_MILLISECONDS = 50.0
_BOARD_BYTES = 150_000
_BOARDS = ("home", "board")
_CHART = re.compile(r'data-[a-z]+="([^"]+\.json[^"]*)"')
_CHART_WIDTH = 900  # pixels, as a browser tells


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one request: by the clock, and of this process's CPU."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Measured:
    page: PageAddress
    status: int
    first: Times  # nothing of it is remembered
    times: list[Times]
    queries: int
    wire: int  # bytes, compressed

    @property
    def most_milliseconds(self) -> float:
        return _BOARD_MILLISECONDS if self.page.name in _BOARDS else _PAGE_MILLISECONDS

    @property
    def milliseconds(self) -> float:
        return median(one.wall for one in self.times) * 1000

    @property
    def faults(self) -> list[str]:
        """What misses its target, in words."""
        said = []
        if self.status != 200:
            said.append(f"answers {self.status}")
        if self.milliseconds > self.most_milliseconds:
            said.append(f"over {self.most_milliseconds:.0f} ms")
        if self.page.name in _BOARDS and self.wire > _BOARD_BYTES:
            said.append(f"over {_BOARD_BYTES // 1000} kB")
        return said

    def line(self) -> str:
        slow = quantiles((one.wall for one in self.times), n=10)[-1] * 1000
        cpu = median(one.cpu for one in self.times) * 1000
        first = f"{self.first.wall * 1000:8.0f} /{self.first.cpu * 1000:5.0f}"
        times = f"{self.milliseconds:8.1f}{slow:8.1f}{cpu:8.1f}{first}"
        mark = "MISSED: " + ", ".join(self.faults) if self.faults else "ok"
        name = f"{self.page.name:<18}{self.page.address[:66]:<68}"
        return f"{name}{times}{self.queries:8}{self.wire / 1000:8.1f}  {mark}"


def measure_pages(only: Set[str], rounds: int) -> list[Measured]:
    """Asks for every page (or those of these names) and their charts; prints a line for each."""
    places = places_of_this_site()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a line here says what went wrong
    head = f"{'p50 ms':>8}{'p90 ms':>8}{'CPU ms':>8}{'first / CPU':>15}{'queries':>8}{'kB gz':>8}"
    print(f"\n{'':<86}{head}")
    found = []
    for page in page_addresses(places):
        if only and page.name not in only:
            continue
        for measured in _with_charts(page, rounds):
            found.append(measured)
            print(measured.line(), flush=True)
    missed = sum(bool(measured.faults) for measured in found)
    print(f"\n{connection.vendor}: {len(found)} addresses, {missed} miss a target.")
    busy = os.getloadavg()[0]
    if busy > (os.cpu_count() or 1):
        print(f"The machine was busy (load {busy:.1f}): times by the clock hold waiting, CPU times don't.")
    for name in unknown_names(places):
        print(f"Not measured: “{name}”. Its address has a part that tests/page_list.py does not know.")
    return found


def places_of_this_site() -> Places:
    """The middle run of the benchmark that has most, with others beside it."""
    runs = list(Run.objects.filter(source="uploaded", status="done", visibility="public").order_by("pk"))
    run, *others = analysed_runs(runs)
    upload, sampling = Upload.objects.first(), Sampling.objects.filter(status="done").first()
    organisation = Organisation.objects.first()
    tasks = list(run.cells.order_by("problem__position").values_list("problem__task_id", flat=True))
    return Places(
        benchmark=run.benchmark.slug,
        model=run.model.slug,
        run=run.pk,
        others=tuple(one.pk for one in others),
        tasks=(tasks[0], _mixed_task(run) or tasks[-1]),
        upload=str(upload.pk) if upload else None,
        organisation=organisation.slug if organisation else None,
        sampling=sampling.pk if sampling else None,
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
    """The page's figures and its HTML."""
    text = _read(page, client)  # templates and modules are loaded by the first who asks
    caches["default"].clear()
    first = _timed(client, page)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.address)
    count, wire = len(queries), len(response.content)
    times = [_timed(client, page) for _ in range(rounds)]
    return Measured(page, response.status_code, first, times, count, wire), text


def _timed(client: Client, page: PageAddress) -> Times:
    wall, cpu = time.perf_counter(), time.process_time()
    client.get(page.address)
    return Times(time.perf_counter() - wall, time.process_time() - cpu)


def _read(page: PageAddress, client: Client) -> str:
    """The answer as text, by another client, which takes it uncompressed."""
    reader = Client(raise_request_exception=False)
    reader.cookies = client.cookies
    return reader.get(page.address).content.decode(errors="replace")
