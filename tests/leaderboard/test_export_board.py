"""A board as a folder: every link leads to a file in it, and nothing private is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import CommandError, call_command

from evaluator.problem_sets import load_benchmark
from leaderboard.models import Benchmark
from leaderboard.services import benchmarks
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401

pytestmark = pytest.mark.django_db


class _Page(HTMLParser):
    """What a page refers to, and the places that others may refer to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.references: list[str] = []
        self.ids: set[str] = set()
        self.elements: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.elements.add(tag)
        self.ids |= {names["id"]} if names.get("id") else set()
        self.references += [names[key] or "" for key in ("href", "src", "data-library") if names.get(key)]


def broken_links(folder: Path) -> Iterator[str]:
    """Every reference of every page that leads to no file of the folder, or to no place in its page."""
    pages = {path: _Page(path) for path in folder.rglob("*.html")}
    for path, page in pages.items():
        for reference in page.references:
            parts = urlsplit(reference)
            if parts.scheme in ("http", "https"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = target.is_relative_to(folder.resolve()) and target.is_file()
            if not inside or (parts.fragment and parts.fragment not in pages[target].ids):
                yield f"{path.relative_to(folder)}: {reference}"


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(benchmark, "Open", [3, 2, 1, 1], temperature=0.8, model_parameters=10**9)
    scored_run(benchmark, "Also open", [3, 3, 1, 2], temperature=0.2, model_parameters=10**10)
    scored_run(benchmark, "Whispered", [4, 3, 1, 0], visibility="unlisted")
    scored_run(benchmark, "Hidden", [4, 3, 2, 0], visibility="private", owner=member("someone"))
    published_row(benchmark, "Codex 12B", {"1": "28.81"})
    return benchmark


@pytest.fixture
def copy(board: Benchmark, tmp_path: Path) -> Path:
    call_command("export_board", "small", "--to", str(tmp_path / "copy"), verbosity=0)
    return tmp_path / "copy"


def everything(folder: Path) -> str:
    return "\n".join(
        path.read_text() for path in folder.rglob("*") if path.suffix != ".js" and path.is_file()
    )


def test_the_copy_stands_on_its_own(copy: Path, board: Benchmark) -> None:
    pages = {str(path.relative_to(copy)) for path in copy.rglob("*.html")}
    assert {"index.html", "problems.html", "problems/Small-0.html", "figures.html"} <= pages
    assert len([page for page in pages if page.startswith("runs/")]) == 2
    assert list(broken_links(copy)) == []
    for path in copy.rglob("*.html"):
        assert not {"form", "input"} & _Page(path).elements, path
        html = path.read_text()
        for server in ("hx-get", 'data-chart="/', 'type="module"', "localhost"):
            assert server not in html, path
    # Charts are inside of their page, and their points lead to pages of the copy.
    board_page = (copy / "index.html").read_text()
    assert 'data-chart="{&quot;data&quot;' in board_page
    assert f"&quot;runs/{board.runs.get(model__name='Open').pk}.html&quot;" in board_page
    for form in ("csv", "json", "tex"):
        assert (copy / "data" / f"small-leaderboard.{form}").stat().st_size > 100
    # What the public does not see is not in it.
    text = everything(copy)
    assert "Also open" in text
    assert not any(name in text for name in ("Whispered", "Hidden", "someone"))
    # The walk would notice a broken link.
    (copy / "problems.html").unlink()
    assert any("problems.html" in link for link in broken_links(copy))


def test_the_copy_may_hold_the_samples_and_lead_to_the_site(board: Benchmark, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    site = ["--site", "https://board.example.org", "--samples"]
    call_command("export_board", "small", "--to", str(folder), *site, verbosity=0)
    assert 'href="https://board.example.org/models/' in (folder / "index.html").read_text()
    assert "\\url{https://board.example.org/benchmarks/small/}" in everything(folder)
    assert list(broken_links(folder)) == []
    # With the samples: each problem of each public run, and no other run's.
    run = board.runs.get(model__name="Open")
    assert "assertion failed" in (folder / "runs" / str(run.pk) / "Small-3.html").read_text()
    assert len(list((folder / "runs").glob("*/*.html"))) == 2 * 4
    assert "Hidden" not in everything(folder)


def test_every_feature_has_its_page_in_the_copy(tmp_path: Path) -> None:
    record = load_benchmark("chains")
    chains = benchmarks.load(replace(record, problems=record.problems[:26]))
    scored_run(chains, "Falls", [3] * 13 + [2] * 13)
    folder = tmp_path / "copy"
    call_command("export_board", "chains", "--to", str(folder), verbosity=0)
    pages = {path.name for path in folder.glob("features*.html")}
    assert {"features.html", "features-docstring_words.html", "features-variables.html"} <= pages
    assert len(list((folder / "data").glob("*trends.csv"))) == 1  # one file, though every page links to it
    assert list(broken_links(folder)) == []


def test_a_folder_that_holds_something_is_left_alone(board: Benchmark, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(CommandError, match="holds files"):
        call_command("export_board", "small", "--to", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"), [(["none-such"], "load_benchmark"), (["small", "--site", "board"], "--site")]
)
def test_what_cannot_be_exported_is_said(
    board: Benchmark, tmp_path: Path, arguments: list[str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("export_board", *arguments, "--to", str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
