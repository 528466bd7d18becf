"""From a sample file to the failing call, as a reader does it, on the site as `make run` starts it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.sample_file import ACTUAL, EXPECTED, FAILING_CALL, PASSES, N, pass_at_k, write_samples
from tests.live_site import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]
SCORING_MILLISECONDS = 60_000


def test_uploaded_file_is_scored_ranked_and_explained(
    window: Window, live_site: LiveSite, sample_path: Path
) -> None:
    verdicts = write_samples(sample_path)
    page = window.page

    page.goto("/upload/")  # asks for an account first, and leads back
    window.sign_in(live_site)
    expect(page).to_have_url(f"{live_site.address}/upload/")
    page.get_by_label("Sample file").set_input_files(sample_path)
    page.get_by_role("button", name="Look at the file").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(sample_path.name)
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"{N * len(PASSES)} samples")
    expect(main).to_contain_text(f"{len(PASSES)} of 164 problems")
    expect(main).to_contain_text("mean_logprob")
    expect(page.get_by_label("Temperature")).to_have_value("0.8")  # told by the file's name
    page.get_by_label("Model").fill("Whole path 1B")
    page.get_by_label("Organisation", exact=True).fill("Browser tests")
    page.get_by_label("Parameters").fill("1B")
    page.get_by_role("button", name="Score").click()

    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    figures = page.get_by_role("region", name="Figures")
    expect(figures).to_contain_text(f"{pass_at_k(1)} ", timeout=SCORING_MILLISECONDS)  # without a reload
    expect(figures).to_contain_text(f"{pass_at_k(10)} ")
    for verdict, count in verdicts.items():
        line = figures.locator("li", has=page.locator(f".v-{verdict}"))
        expect(line).to_contain_text(re.compile(rf"\b{count} · "))

    _read_why_it_fails(page)


def _read_why_it_fails(page: Page) -> None:
    """From the leaderboard: first click the run, second click the problem."""
    page.goto("/")
    row = page.get_by_role("row", name=re.compile("Whole path 1B"))
    expect(row).to_contain_text(pass_at_k(1))
    expect(row).to_contain_text(pass_at_k(10))
    row.get_by_role("link", name="Whole path 1B").click()
    page.get_by_role("link", name="HumanEval/53", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("HumanEval/53")
    call = page.locator("dl.call")
    expect(call).to_contain_text(FAILING_CALL)
    expect(call.locator("dt:text-is('got') + dd")).to_have_text(ACTUAL)
    expect(call.locator("dt:text-is('expected') + dd")).to_have_text(EXPECTED)
    expect(page.get_by_label("Code", exact=True)).to_contain_text("return x - y")


def test_file_with_a_bad_line_is_refused_by_number_and_field(
    window: Window, live_site: LiveSite, tmp_path: Path
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(
        '{"task_id": "HumanEval/0", "completion": "    pass"}\n{"task_id": "HumanEval/1", "completion": 7}\n'
    )
    page = window.page
    page.goto("/upload/")
    window.sign_in(live_site)
    page.get_by_label("Sample file").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()

    row = page.get_by_role("main").get_by_role("row", name=re.compile("completion"))
    expect(row).to_contain_text("2")
    expect(page.get_by_role("main")).to_contain_text(re.compile("nothing.*(stored|kept)", re.IGNORECASE))
    # The answer says so in its status, which the console reports.
    assert [line for line in window.troubles.heard if "422" not in line] == []
    window.troubles.heard.clear()
