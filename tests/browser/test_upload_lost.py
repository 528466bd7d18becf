"""An upload whose site goes away in the middle: it goes on by itself, and on a page that was loaded again."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sample_file import PASSES, N, pass_at_k, write_samples
from tests.live_site import LiveSite, running_site

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]
WAIT = 60_000
SLOW_BYTES_PER_SECOND = 600_000


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """The samples of `sample_file`, with remarks that make them 5 MB."""
    small, path = tmp_path / "small.jsonl.gz", tmp_path / "lost-1b_T0.8.jsonl"
    write_samples(small)
    noise = random.Random(7)
    with gzip.open(small, "rt") as lines, path.open("w") as file:
        for line in lines:
            record = json.loads(line)
            record["completion"] += f"    # {noise.randbytes(35_000).hex()}\n"
            file.write(json.dumps(record) + "\n")
    return path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(WAIT)
        yield context.new_page()


def signed_in(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.address}/upload/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def throttled(page: Page, bytes_per_second: int) -> None:
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions | {"uploadThroughput": bytes_per_second})


def begin_sending(page: Page, path: Path) -> None:
    """Until a good part of it is there."""
    page.get_by_label("Sample file").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("#sending [role=status]")).to_have_text(
        re.compile(r"^[2-6]0 % is sent"), timeout=WAIT
    )


def test_an_upload_goes_on_where_it_stood(
    browser: Browser, page: Page, large_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    offsets: list[int] = []

    def note(request: object) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    with running_site(folder, NO_DEMO="1") as site:
        signed_in(page, site)
        throttled(page, SLOW_BYTES_PER_SECOND)
        begin_sending(page, large_file)
    expect(page.locator("#sending [role=status]")).to_contain_text("connection is lost")
    assert offsets[0] == 0
    before = offsets.copy()

    with running_site(folder, again=site, NO_DEMO="1"):
        # By itself, until the page goes away under it.
        expect(page.locator("#sending [role=status]")).to_contain_text("is sent", timeout=WAIT)
        while max(offsets) <= max(before):
            page.wait_for_event("request")
        page.reload()
        stood = max(offsets)
        assert stood >= max(before) > 0
        row = page.get_by_role("row", name=re.compile(large_file.name))
        expect(row).to_contain_text("of 4.8 MiB")
        offsets.clear()

        # The same file, chosen again.
        throttled(page, -1)
        page.get_by_label("Sample file").set_input_files(large_file)
        page.get_by_role("button", name="Look at the file").click()
        expect(page.get_by_role("main")).to_contain_text(f"{N * len(PASSES)} samples", timeout=WAIT)
        assert min(offsets) >= stood
        page.get_by_label("Model").fill("Lost and found")
        page.get_by_role("button", name="Score").click()
        figures = page.get_by_role("region", name="Figures")
        expect(figures).to_contain_text(f"{pass_at_k(1)} ", timeout=WAIT)
        expect(page.get_by_role("main")).to_contain_text(f"{N * len(PASSES)}")
