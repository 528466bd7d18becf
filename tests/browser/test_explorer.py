"""From a leaderboard's row to a failing call, and from the matrix to a cell's samples."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.sample_file import ACTUAL, EXPECTED, FAILING_CALL

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

MATRIX = "/benchmarks/humaneval/matrix/"
ADD = "HumanEval/53"  # add(x, y): 3 of 12 pass, the others subtract
MOST_CLICKS = 2

# Counts the reader's clicks in every document that the window opens.
_COUNTER = """addEventListener("click", ({ isTrusted }) => {
  if (isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true);"""


def test_two_clicks_from_a_row_to_a_failing_call(window: Window, scored_run: str) -> None:
    page = window.page
    page.add_init_script(_COUNTER)
    page.goto("/benchmarks/humaneval/")
    row = page.get_by_role("row", name=re.compile("Submitted"))
    row.get_by_role("link", name="Submitted", exact=True).click()
    page.get_by_role("table").get_by_role("link", name=ADD, exact=True).first.click()

    call = page.locator("dl.call")
    expect(call).to_contain_text(FAILING_CALL)
    expect(call.locator("dt:text-is('got') + dd")).to_have_text(ACTUAL)
    expect(call.locator("dt:text-is('expected') + dd")).to_have_text(EXPECTED)
    assert int(page.evaluate("sessionStorage.clicks")) <= MOST_CLICKS


def test_same_failure_in_another_model_and_the_difference_to_the_reference(
    window: Window, scored_run: str, other_run: str
) -> None:
    page = window.page
    page.goto(f"{scored_run}problems/{ADD}/")
    shared = page.get_by_text("18 samples of 2 models give this wrong answer")
    shared.click()
    page.get_by_role("row", name=re.compile("Another")).get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"{other_run}problems/{ADD}/\?behaviour=[0-9a-f]{{16}}$"))
    expect(page.locator("dl.call")).to_contain_text(FAILING_CALL)

    page.get_by_label("Difference to").select_option("reference")
    changed = page.get_by_role("group", name="Difference")
    expect(changed.locator("del").first).to_have_text("-")
    expect(changed.locator("ins").first).to_have_text("+")
    expect(page).to_have_url(re.compile(r"against=reference"))
    page.reload()
    expect(changed).to_be_visible()


def test_text_search_keeps_programs_that_hold_it(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{scored_run}problems/{ADD}/")
    page.keyboard.press("/")
    page.keyboard.type("x - y")
    expect(page.get_by_role("heading", name="9 samples, ending in 1 way")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=x"))


def test_matrix_names_the_cell_under_the_pointer_and_opens_it(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{MATRIX}?q=submitted")
    x, y = _middle_of(page, row=0, column=0)
    page.mouse.move(x, y)
    tip = page.locator(".tip")
    expect(tip).to_contain_text("12 of 12 pass, 100.0 %")
    expect(tip).to_contain_text("HumanEval/0")
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(rf"{scored_run}problems/HumanEval/0/$"))


def test_matrix_is_read_and_opened_by_keyboard(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(f"{MATRIX}?q=submitted")
    page.get_by_role("application").focus()
    page.keyboard.press("Home")
    says = page.locator("#matrix-says")
    expect(says).to_contain_text("12 of 12 pass, 100.0 %, HumanEval/0")
    page.keyboard.press("End")
    expect(says).to_contain_text("0 of 12 pass, 0.0 %, HumanEval/45")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")  # there is no row above
    expect(says).to_contain_text("1 of 12 pass, 8.3 %, HumanEval/28")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{scored_run}problems/HumanEval/28/$"))


def test_matrix_keeps_naming_cells_after_its_filter_changed(window: Window, scored_run: str) -> None:
    page = window.page
    page.goto(MATRIX)
    page.get_by_label("none solves").check()
    expect(page).to_have_url(re.compile(r"show=none"))
    expect(page.get_by_text(re.compile(r"× 1 of 164 problems")).first).to_be_visible()
    page.mouse.move(*_middle_of(page, row=0, column=0))
    expect(page.locator(".tip")).to_contain_text("HumanEval/45")


def _middle_of(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where on the screen this cell of the matrix lies."""
    frame = page.locator("svg.cells").bounding_box()
    assert frame
    size = page.locator("[data-matrix]")
    rows, columns = (int(size.get_attribute(f"data-{name}") or 0) for name in ("rows", "columns"))
    return (
        frame["x"] + frame["width"] * (column + 0.5) / columns,
        frame["y"] + frame["height"] * (row + 0.5) / rows,
    )
