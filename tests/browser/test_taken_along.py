"""What a reader takes out of the site by the browser: pictures, files, links, citations, a whole board."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.conftest import Window
from tests.browser.page_checks import Troubles, faults
from tests.live_site import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

BOARD = "/benchmarks/humaneval/"


def pressed(page: Page, name: str) -> Download:
    """What is downloaded when the button of this name is reached and pressed by the keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    return found.value


def test_a_chart_is_saved_as_svg_and_as_png_on_white(window: Window, scored_run: str) -> None:
    page = window.page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{BOARD}?show=measured,published&k=1")
    svg = pressed(page, "pass@1 by size as SVG")
    assert svg.suggested_filename == "benchmarks-humaneval-pass1-by-size.svg"
    drawing = Path(svg.path()).read_text()
    assert "<svg" in drawing
    assert "Codex 12B" in drawing
    assert "rgb(255, 255, 255)" in drawing
    png = pressed(page, "pass@1 by size as PNG")
    body = Path(png.path()).read_bytes()
    assert body.startswith(b"\x89PNG")
    width = page.locator("[data-chart]").first.bounding_box()["width"]  # type: ignore[index]
    assert int.from_bytes(body[16:20]) == pytest.approx(3 * width, abs=6)


def test_the_matrix_is_saved_with_its_names_and_its_legend(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{BOARD}matrix/")
    svg = pressed(page, "Matrix as SVG")
    assert svg.suggested_filename == "humaneval-matrix.svg"
    drawing = Path(svg.path()).read_text()
    assert "Submitted" in drawing
    assert "no samples" in drawing
    assert "var(" not in drawing
    assert Path(pressed(page, "Matrix as PNG").path()).read_bytes().startswith(b"\x89PNG")


def test_the_table_of_a_chart_is_saved_as_the_reader_sees_it(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{BOARD}?show=measured,published&k=1")
    page.locator("figure", has_text="pass@1 by size").get_by_text("The same as a table").click()
    csv = pressed(page, "pass@1 by size as CSV")
    assert csv.suggested_filename == "benchmarks-humaneval-pass1-by-size.csv"
    lines = Path(csv.path()).read_text().splitlines()
    assert lines[0] == 'Run,Parameters,"pass@1, %",Source'
    assert "Codex 12B,12B,28.81,published" in lines
    rows = json.loads(Path(pressed(page, "pass@1 by size as JSON").path()).read_text())
    assert {"Run": "Codex 12B", "Parameters": "12B", "pass@1, %": "28.81", "Source": "published"} in rows
    latex = Path(pressed(page, "pass@1 by size as LaTeX").path()).read_text()
    assert "Codex 12B & 12B & 28.81 & published \\\\" in latex
    assert "Run & Parameters & pass@1, \\% & Source \\\\" in latex


def test_cells_with_several_pieces_are_told_apart_in_files(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{BOARD}problems/HumanEval/53/")
    csv = pressed(page, "Runs on HumanEval/53 as CSV")
    assert csv.suggested_filename == "benchmarks-humaneval-problems-HumanEval-53-runs-on-humaneval53.csv"
    head, *rows = Path(csv.path()).read_text().splitlines()
    assert head == "Run,T,Passed,Verdicts"
    row = next(row for row in rows if row.startswith("Submitted,0.8,"))  # beside other tests' runs
    assert "passed" in row


def test_link_and_citation_of_a_view_are_copied(window: Window, scored_run: str) -> None:
    page = window.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(BOARD)
    page.get_by_label("pass@k, k =").fill("1, 10")
    expect(page).to_have_url(re.compile("k=1,10"))
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === location.href")
    page.get_by_role("button", name="Cite").focus()
    page.keyboard.press("Enter")
    citation = page.get_by_role("dialog", name="Citation")
    expect(citation).to_contain_text("@misc{passboard-humaneval-")
    citation.get_by_role("button", name="Copy BibTeX").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('@misc')")
    assert page.url.replace("&", "\\&") in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(citation).to_be_hidden()


def test_a_board_in_a_folder_opens_without_a_server(
    browser: Browser, live_site: LiveSite, scored_run: str, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    live_site.manage("export_board", "humaneval", "--to", str(folder))
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        page, troubles = context.new_page(), Troubles()
        troubles.listen(page)
        page.goto((folder / "index.html").as_uri())
        page.locator("[data-chart]").first.scroll_into_view_if_needed()
        expect(page.locator("[data-chart] svg.main-svg").first).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Submitted").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Submitted")
        assert page.url.endswith(f"copy{scored_run.rstrip('/')}.html")
        expect(page.locator("[data-chart] svg.main-svg").first).to_be_visible()
        page.get_by_role("link", name="HumanEval").first.click()
        page.get_by_role("link", name="Problems").click()
        page.get_by_role("link", name="HumanEval/53", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/53")
        page.keyboard.press("j")
        expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/54")
        assert troubles.heard == []
