"""The leaderboard by keyboard alone: its rows are walked, chosen, opened, looked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


def test_rows_are_walked_chosen_and_opened_by_keys(window: Window, scored_run: str, other_run: str) -> None:
    page = window.page
    page.goto("/")
    links = page.locator("[data-rows] tbody th a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page).to_have_url(re.compile(r"\?run=\d+$"))
    expect(page.locator("[data-rows] :checked")).to_have_count(1)
    expect(links.nth(1)).to_be_focused()  # in the new table, too
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("x")
    page.get_by_role("link", name="compare", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/\?run=\d+,\d+$"))
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))


def test_a_term_narrows_the_table_and_another_one_is_named(
    window: Window, scored_run: str, other_run: str
) -> None:
    page = window.page
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("params<1B parms>2")
    expect(page.get_by_role("alert")).to_contain_text("“parms>2” is left out: there is no field “parms”")
    expect(page.locator("[data-rows] tbody th a")).to_have_text(["Submitted"])
    expect(page).to_have_url(re.compile(r"\?q=params%3C1B"))


def test_head_and_name_stay_in_sight(window: Window, scored_run: str) -> None:
    page = window.page
    page.set_viewport_size({"width": 390, "height": 420})
    page.goto("/?show=measured,published")
    scroller = page.get_by_role("region", name="Leaderboard table")
    scroller.evaluate("box => box.scrollTo(box.scrollWidth, box.scrollHeight)")
    frame, head = scroller.bounding_box(), page.locator("[data-rows] thead th.first").bounding_box()
    name = page.locator("[data-rows] tbody th.first").last.bounding_box()
    assert frame
    assert head
    assert name
    assert abs(head["y"] - frame["y"]) < 3
    assert abs(head["x"] - frame["x"]) < 3
    assert abs(name["x"] - frame["x"]) < 3
