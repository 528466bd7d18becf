"""Every page in a real browser: silent console, readable in both themes, no wider than a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Window
from tests.browser.page_checks import Troubles, faults, violations
from tests.browser.walk import OWN_PAGES, PLACES, PUBLIC_PAGES, UPLOAD, on_this_site
from tests.page_list import unknown_names

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
OF_COLOURS = ("color-contrast", "link-in-text-block")  # rules whose answer the theme changes


def is_sound(page: Page, address: str) -> None:
    """Opens the page, scrolls through it so that charts are drawn, and looks for faults, as axe does.

    Wide and light, then dark, then as narrow as a phone.
    """
    troubles = Troubles()
    troubles.listen(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    page.goto(address)
    _scroll_through(page)
    assert [*faults(page), *violations(page)] == [], f"{address}, wide and light"
    page.emulate_media(color_scheme="dark")
    assert [*faults(page), *violations(page, *OF_COLOURS)] == [], f"{address}, wide and dark"
    page.set_viewport_size(NARROW)
    _scroll_through(page)
    _wait_for_charts_to_shrink(page)
    assert faults(page) == [], f"{address}, narrow and dark"
    assert troubles.heard == [], address


def _scroll_through(page: Page) -> None:
    charts = page.locator("[data-chart]:visible")
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()


def test_every_page_has_an_address_here() -> None:
    assert unknown_names(PLACES) == [], "tests/page_list.py does not know how to write these"


def _wait_for_charts_to_shrink(page: Page) -> None:
    """Plotly draws anew a moment after its window changed. What stays too wide is a fault, told elsewhere."""
    for _ in range(50):
        if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            return
        page.wait_for_timeout(100)


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_public_page_is_sound(reader: Page, there: dict[str, str], address: str) -> None:
    is_sound(reader, on_this_site(address, there))


@pytest.mark.parametrize("address", OWN_PAGES)
def test_page_of_an_account_is_sound(
    owner: Page, there: dict[str, str], waiting_upload: str, address: str
) -> None:
    is_sound(owner, on_this_site(address, there | {UPLOAD: waiting_upload}))


def test_unknown_address_leads_somewhere(window: Window) -> None:
    window.page.goto("/runs/999999/")
    assert faults(window.page) == []
    expect(window.page.get_by_role("main").get_by_role("link").first).to_be_visible()
    assert [line for line in window.troubles.heard if "404" not in line] == []
    window.troubles.heard.clear()


def test_theme_switch_is_remembered(window: Window) -> None:
    page = window.page
    page.goto("/")
    ink = "getComputedStyle(document.body).color"
    light = page.evaluate(ink)
    for _ in range(3):  # auto, light, dark
        if page.evaluate(ink) != light:
            break
        page.get_by_role("button", name="Theme").click()
    dark = page.evaluate(ink)
    assert dark != light
    page.reload()
    assert page.evaluate(ink) == dark


def test_leaderboard_is_sorted_by_a_header_and_the_address_says_so(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto("/")
    page.get_by_role("columnheader", name=re.compile("pass@1 ?(,|$|%|\\?)")).first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort="))
    sorted_by = page.get_by_role("columnheader").and_(page.locator("[aria-sort]")).first
    expect(sorted_by).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort="))


def test_help_opens_by_its_key_and_the_filter_by_slash(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_next_failing_problem_is_one_key_away(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{scored_run}problems/HumanEval/45/")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/53")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/45")
