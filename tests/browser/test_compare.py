"""From a run to another one beside it, by the chooser, and on to the samples behind a number."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


def test_from_a_run_to_samples_side_by_side(window: Window, scored_run: str, other_run: str) -> None:
    page = window.page
    page.goto(scored_run)
    page.get_by_role("main").get_by_role("link", name="compare", exact=True).click()
    page.get_by_label("Add a run").fill("anoth")
    page.get_by_role("list", name="Runs that can be added").get_by_role("link", name="Another").click()
    expect(page).to_have_url(re.compile(r"/compare/\?run=\d+,\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Submitted and Another")
    expect(page.get_by_text("can’t be told apart")).to_be_visible()  # the same samples

    chart = page.locator("[data-chart]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg.main-svg").first).to_be_visible()
    page.get_by_role("link", name=re.compile(r"problems: neither")).click()
    expect(page).to_have_url(re.compile("show=neither"))
    problems = page.get_by_role("region", name="Problems of both runs").get_by_role("rowheader")
    expect(problems.first).to_be_visible()
    expect(chart.locator("svg.main-svg").first).to_be_visible()  # the swap beside it left it as it was
    page.keyboard.press("/")
    page.keyboard.type("/45")
    expect(problems).to_have_count(1)
    page.go_back()
    expect(page).not_to_have_url(re.compile("q="))

    problems.get_by_role("link", name="HumanEval/45").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/45")
    expect(page.get_by_role("article")).to_have_count(2)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("HumanEval/45")
