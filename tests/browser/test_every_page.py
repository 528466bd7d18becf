"""Every page in a real browser: silent console, readable in both themes, no wider than a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Window
from tests.browser.page_checks import Troubles, faults, violations
from tests.browser.sample_file import write_samples
from tests.live_site import LiveSite
from tests.page_list import Places, page_addresses, unknown_names

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

# Numbers stand for what the site will have given its runs and its upload.
RUN, OTHER, UPLOAD = 987654321, 987654322, "00000000-0000-4000-8000-000000000000"
PLACES = Places(
    benchmark="humaneval",
    model="submitted",
    run=RUN,
    others=(OTHER,),
    # A failing call; several groups, all failing; nothing fails.
    tasks=("HumanEval/53", "HumanEval/45", "HumanEval/0"),
    upload=UPLOAD,
)
PAGES = [page for page in page_addresses(PLACES) if not page.part]
PUBLIC_PAGES = [page.address for page in PAGES if not page.own]
OWN_PAGES = [page.address for page in PAGES if page.own or page.name == "run"]
WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def reader(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A reader without an account, in one window for all pages."""
    with browser.new_context(base_url=live_site.address) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def owner(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The administrator, signed in."""
    with browser.new_context(base_url=live_site.address) as context:
        window = Window(context.new_page(), Troubles())
        window.page.goto("/account/sign-in/")
        window.sign_in(live_site)
        expect(window.page.get_by_role("button", name="Sign out")).to_be_visible()
        yield window.page


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
    assert [*faults(page), *violations(page)] == [], f"{address}, wide and dark"
    page.set_viewport_size(NARROW)
    _scroll_through(page)
    assert faults(page) == [], f"{address}, narrow and dark"
    assert troubles.heard == [], address


def _scroll_through(page: Page) -> None:
    charts = page.locator("[data-chart]:visible")
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()


@pytest.fixture(scope="module")
def there(scored_run: str, other_run: str) -> dict[str, str]:
    """What the numbers in PLACES stand for, but for the upload."""
    return {str(RUN): scored_run.split("/")[2], str(OTHER): other_run.split("/")[2]}


def on_this_site(address: str, there: dict[str, str]) -> str:
    for number, real in there.items():
        address = address.replace(number, real)
    return address


def test_every_page_has_an_address_here() -> None:
    assert unknown_names(PLACES) == [], "tests/page_list.py does not know how to write these"


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_public_page_is_sound(reader: Page, there: dict[str, str], address: str) -> None:
    is_sound(reader, on_this_site(address, there))


@pytest.mark.parametrize("address", OWN_PAGES)
def test_page_of_an_account_is_sound(
    owner: Page, there: dict[str, str], sample_path: Path, address: str
) -> None:
    if UPLOAD in address:
        write_samples(sample_path)
        owner.goto("/upload/")
        owner.get_by_label("Sample file").set_input_files(sample_path)
        owner.get_by_role("button", name="Look at the file").click()
        owner.wait_for_url(re.compile(r"/upload/[0-9a-f-]{36}/"))
        address = owner.url
    is_sound(owner, on_this_site(address, there))


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
