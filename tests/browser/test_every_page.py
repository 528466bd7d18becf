"""Every page in a real browser: silent console, readable in both themes, no wider than a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Window
from tests.browser.page_checks import Troubles, faults
from tests.live_site import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

RUN = "RUN"  # stands for the scored run's address
PUBLIC_PAGES = (
    "/",
    "/benchmarks/humaneval/",
    "/benchmarks/humaneval/?show=",
    "/benchmarks/humaneval/problems/",
    "/benchmarks/humaneval/problems/HumanEval/53/",
    "/models/submitted/",
    RUN,
    f"{RUN}?verdict=exception",
    f"{RUN}problems/HumanEval/53/",  # a failing call
    f"{RUN}problems/HumanEval/45/",  # several groups, all failing
    f"{RUN}problems/HumanEval/0/",  # nothing fails
    "/figures/",
    "/account/sign-in/",
    "/account/sign-up/",
)
OWN_PAGES = ("/upload/", "/account/", "/account/password/", RUN)
VIEWS = {
    "wide, light": {"viewport": {"width": 1400, "height": 900}, "color_scheme": "light"},
    "wide, dark": {"viewport": {"width": 1400, "height": 900}, "color_scheme": "dark"},
    "narrow, light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


@pytest.fixture(scope="module", params=VIEWS)
def reader(request: pytest.FixtureRequest, browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A reader without an account, in one window for all pages."""
    with browser.new_context(base_url=live_site.address, **VIEWS[request.param]) as context:
        yield context.new_page()


@pytest.fixture(scope="module", params=VIEWS)
def owner(request: pytest.FixtureRequest, browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The administrator, signed in."""
    with browser.new_context(base_url=live_site.address, **VIEWS[request.param]) as context:
        window = Window(context.new_page(), Troubles())
        window.page.goto("/account/sign-in/")
        window.sign_in(live_site)
        expect(window.page.get_by_role("button", name="Sign out")).to_be_visible()
        yield window.page


def is_sound(page: Page, address: str) -> None:
    """Opens the page, scrolls through it so that charts are drawn, and looks for faults."""
    troubles = Troubles()
    troubles.listen(page)
    page.goto(address)
    _scroll_through(page)
    assert faults(page) == [], address
    assert troubles.heard == [], address


def _scroll_through(page: Page) -> None:
    charts = page.locator("[data-chart]:visible")
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_public_page_is_sound(reader: Page, scored_run: str, address: str) -> None:
    is_sound(reader, address.replace(RUN, scored_run))


@pytest.mark.parametrize("address", OWN_PAGES)
def test_page_of_an_account_is_sound(owner: Page, scored_run: str, address: str) -> None:
    is_sound(owner, address.replace(RUN, scored_run))


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
