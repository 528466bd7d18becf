"""The preview page: what was guessed is overruled without losing what was typed; verdicts are imported."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser
SUM = "def add(x: int, y: int):\n    return x + y\n"
CHAT = f"Here it is:\n\n```python\n{SUM}```\nIt adds.\n"


def looked_at(window: Window, site: LiveSite, path: Path, rows: list[dict[str, object]]) -> Page:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    page = window.page
    page.goto("/upload/")
    window.sign_in(site)
    page.get_by_label("Sample file").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(path.name)
    return page


def test_cleaning_is_switched_off_and_on_beside_the_form(
    window: Window, live_site: LiveSite, tmp_path: Path
) -> None:
    rows = [{"task_id": "HumanEval/53", "completion": CHAT}]
    page = looked_at(window, live_site, tmp_path / "chat.jsonl", rows)
    example = page.get_by_role("heading", name="What is done to a text")
    expect(example).to_be_visible()
    expect(page.get_by_label("What is run")).not_to_contain_text("Here it is")
    page.get_by_label("Model", exact=True).fill("Typed before")

    page.get_by_label("Turn chat answers into programs").uncheck()
    expect(example).to_be_hidden()
    expect(page.get_by_label("HumanEval/53")).to_contain_text("Here it is")
    expect(page.get_by_label("Model", exact=True)).to_have_value("Typed before")
    page.reload()
    expect(page.get_by_label("Turn chat answers into programs")).not_to_be_checked()

    page.get_by_label("Format").select_option("evalplus")
    expect(page.get_by_role("alert")).to_contain_text("1 of its records are bad")
    page.get_by_label("Format").select_option("")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_label("Turn chat answers into programs").check()
    expect(example).to_be_visible()


def test_verdicts_of_the_file_are_imported_and_labelled(
    window: Window, live_site: LiveSite, tmp_path: Path
) -> None:
    row = {"task_id": "HumanEval/53", "solution": SUM}
    rows = [row | {"passed": True}, row | {"passed": False, "result": "timed out"}]
    page = looked_at(window, live_site, tmp_path / "claims.jsonl", rows)
    page.get_by_label("Model", exact=True).fill("Claims")
    page.get_by_label("import:").check()
    page.get_by_role("button", name="Make the run of 2 samples").click()

    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    expect(page.get_by_role("main")).to_contain_text("imported")
    expect(page.get_by_role("region", name="Figures")).to_contain_text("50.0")
    page.get_by_role("link", name="HumanEval/53", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("timed out")
