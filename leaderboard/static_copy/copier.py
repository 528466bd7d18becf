"""Walks a board's pages from the board on and writes each of them, with what it shows, into a folder."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from leaderboard.static_copy.page import StandingPage
from leaderboard.static_copy.visitor import Visitor

_FORMATS = {"csv", "json", "tex"}
_FEATURE = re.compile("by=([a-z_]+)")
_PLOT_WIDTH = 640  # pixels; labels are placed for a plot of this width
_SINGLE_PAGES = {"home": "index.html", "figures": "figures.html"}
_BOARD_PAGES = {"board": "index.html", "problems": "problems.html", "features": "features.html"}


@dataclass(frozen=True, slots=True)
class BoardCopy:
    """What was written."""

    pages: int
    files: int  # tables and static files


@dataclass
class _Copier:
    """`files`: of every address that is in the copy, its place in the folder. `waiting`: pages to write."""

    folder: Path
    slug: str
    run_ids: Collection[int]
    site: str
    samples: bool
    visitor: Visitor
    files: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    pages: int = 0

    def write_all(self) -> BoardCopy:
        self._place_of_page(reverse("board", args=[self.slug]))
        while self.waiting:
            self._write_page(self.waiting.pop())
            self.pages += 1
        return BoardCopy(self.pages, len(set(self.files.values())) - self.pages)

    def _write_page(self, path: str) -> None:
        html = self.visitor.get(path).body.decode()
        remark = f"A static copy, made on {timezone.localdate().isoformat()}"
        page = StandingPage(
            target=lambda address: self._target(path, address),
            figure_of=lambda address: self._figure(path, address),
            remark=remark,
        )
        self._write(self.files[path], page.of(html).encode())

    def _target(self, page: str, address: str) -> str | None:
        """Where the link leads in the copy, from this page; None where it leads out of it."""
        if address.startswith("#"):
            return address
        if urlsplit(address).scheme:
            return address
        parts = urlsplit(urljoin(page, address))
        place = self._place(parts.path, parts.query)
        if place is None:
            return f"{self.site}{urljoin(page, address)}" if self.site else None
        relative = posixpath.relpath(place, posixpath.dirname(self.files[page]) or ".")
        return f"{relative}#{parts.fragment}" if parts.fragment else relative

    def _place(self, path: str, query: str) -> str | None:
        if path.startswith(settings.STATIC_URL):
            return self._place_of_static(path)
        form = parse_qs(query).get("format", [""])[0]
        if form in _FORMATS:
            return self._place_of_table(path, f"{path}?{query}")
        return self._place_of_page(path, query)

    def _place_of_page(self, path: str, query: str = "") -> str | None:
        name = self._page_name(path, query)
        address = f"{path}?{query}" if query else path
        if name is not None and address not in self.files:
            if name not in self.files.values():
                self.waiting.append(address)
            self.files[address] = name
        return name

    def _page_name(self, path: str, query: str = "") -> str | None:
        """Views of a page by its query are left out, but for those of each feature."""
        try:
            match = resolve(path)
        except Resolver404:
            return None
        view, arguments = match.url_name or "", match.kwargs
        if query:
            of_feature = view == "features" and arguments["slug"] == self.slug and _FEATURE.fullmatch(query)
            return f"features-{of_feature[1]}.html" if of_feature else None
        if view in ("run", "failures"):
            return self._run_page_name(view, **arguments)
        if view in _SINGLE_PAGES:
            return _SINGLE_PAGES[view]
        if arguments.get("slug") != self.slug:
            return None
        if view == "problem":
            return f"problems/{_plain(arguments['task_id'])}.html"
        return _BOARD_PAGES.get(view)

    def _run_page_name(self, view: str, pk: int, task_id: str = "") -> str | None:
        if pk not in self.run_ids or (view == "failures" and not self.samples):
            return None
        return f"runs/{pk}/{_plain(task_id)}.html" if task_id else f"runs/{pk}.html"

    def _place_of_table(self, path: str, address: str) -> str | None:
        if self._page_name(path) is None:
            return None
        if address not in self.files:
            answer = self.visitor.get(address)
            name = f"data/{answer.file_name}"
            while self._holds_another(name, answer.body):  # the same table in another order or choice
                name = name.replace("data/", "data/more-", 1)
            self.files[address] = name
            self._write(name, answer.body)
        return self.files[address]

    def _holds_another(self, place: str, body: bytes) -> bool:
        file = self.folder / place
        return file.exists() and file.read_bytes() != body

    def _place_of_static(self, path: str) -> str:
        name = path.removeprefix(settings.STATIC_URL)
        place = f"static/{name}"
        if path not in self.files:
            self.files[path] = place
            self._write(place, _as_plain_script(name, _static_file(name).read_bytes()))
        return place

    def _figure(self, page: str, address: str) -> str:
        """The chart as JSON; where its points lead is in the copy, too."""
        joint = "&" if "?" in address else "?"
        figure = json.loads(self.visitor.get(f"{address}{joint}width={_PLOT_WIDTH}").body)
        for trace in figure["data"]:
            if isinstance(trace.get("customdata"), list):
                trace["customdata"] = [
                    self._target(page, way) if isinstance(way, str) else None for way in trace["customdata"]
                ]
        return json.dumps(figure)

    def _write(self, place: str, body: bytes) -> None:
        file = self.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def copy_board(
    slug: str, run_ids: Collection[int], folder: Path, *, site: str = "", samples: bool = False
) -> BoardCopy:
    """Writes the board of this benchmark, its problems and these of its runs into an empty or new folder.

    `samples`: with a page for each problem of each run, too, which shows how its samples fail.
    Pages are those of a visitor without an account: what such a visitor doesn't see, isn't in the copy.
    With `site`, the public address of the site, links to what isn't in the copy lead there; without it they
    are text. Raises FileExistsError for a folder that holds something, NotAnswered where a page fails.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _Copier(folder, slug, run_ids, site.rstrip("/"), samples, Visitor(site)).write_all()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half a copy would pass for one
        raise


def _plain(task_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", task_id)


def _static_file(name: str) -> Path:
    """A collected file, or where nothing is collected the one that would be."""
    collected = Path(staticfiles_storage.path(name))
    found = collected if collected.exists() else finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static file {name}")
    return Path(found)


def _as_plain_script(name: str, body: bytes) -> bytes:
    """Our scripts are modules, each with names of its own; as plain ones they need a function around them."""
    if name.startswith("js/") and name.endswith(".js"):
        return b"(() => {\n" + body + b"\n})();\n"
    return body
