"""The site without a mouse: every control is reached, seen and used by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.keyboard import keyboard_faults
from tests.browser.walk import UPLOAD, on_this_site, one_of_each

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


@pytest.mark.parametrize("address", one_of_each(own=False))
def test_public_page_is_usable_by_keyboard(reader: Page, there: dict[str, str], address: str) -> None:
    reader.goto(on_this_site(address, there))
    assert keyboard_faults(reader) == []


@pytest.mark.parametrize("address", one_of_each(own=True))
def test_page_of_an_account_is_usable_by_keyboard(
    owner: Page, there: dict[str, str], waiting_upload: str, address: str
) -> None:
    owner.goto(on_this_site(address, there | {UPLOAD: waiting_upload}))
    assert keyboard_faults(owner) == []


def test_first_tab_skips_to_the_content(window: Window) -> None:
    page = window.page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    ("address", "what"),
    [("/", "pass@1"), ("/", "Rank"), ("/benchmarks/humaneval/security/", "secure-pass@1")],
)
def test_help_beside_a_header_opens_and_closes_by_keyboard(
    window: Window, scored_run: str, address: str, what: str
) -> None:
    page = window.page
    page.goto(address)
    mark = page.get_by_role("button", name=re.compile(f"What is {what}", re.IGNORECASE)).first
    mark.focus()
    page.keyboard.press("Enter")
    opened = page.locator("[popover]:popover-open")
    expect(opened).to_be_visible()
    page.keyboard.press("Tab")  # to the link in it, which leads to the formula
    assert page.evaluate("document.activeElement.closest('[popover]') !== null")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(mark).to_be_focused()
