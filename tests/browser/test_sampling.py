"""From a model server to a scored sweep, as its owner does it, on the site as `make run` starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT_MILLISECONDS, Window
from tests.browser.page_checks import Troubles, faults, violations
from tests.live_site import LiveSite, running_site
from tests.tiny_model.process import TinyProcess, tiny_process

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

KEY = "sk-browser-canary-51d7"
DRAWING_MILLISECONDS = 120_000
SAMPLES = 2 * 164 * 2


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """A site whose operator allows servers on its own machine."""
    folder = tmp_path_factory.mktemp("sampling") / "data"
    with running_site(folder, NO_DEMO="1", SAMPLING_ALLOWED_NETWORKS="127.0.0.0/8") as site:
        yield site


@pytest.fixture(scope="module")
def server() -> Iterator[TinyProcess]:
    with tiny_process("--key", KEY) as process:
        yield process


def sound(page: Page) -> None:
    """Readable by everybody, light and dark, wide and narrow."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [*faults(page), *violations(page)] == [], f"{page.url}, {scheme}"
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults(page) == [], f"{page.url}, narrow"
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")


def fill_in(page: Page, server: TinyProcess) -> None:
    page.get_by_label("Model", exact=True).fill("Tiny words")
    page.get_by_label("Address of the server").fill(server.base_url)
    page.get_by_label("The server’s name of the model").fill(server.model)
    page.get_by_label("Samples per problem").fill("2")
    page.get_by_label("Temperatures").fill("0.2 0.8")
    page.get_by_label("Most tokens of an answer").fill("40")


def test_a_sweep_is_tried_started_drawn_and_scored(
    window: Window, live_site: LiveSite, server: TinyProcess
) -> None:
    page = window.page
    page.goto("/sample/")  # asks for an account first, and leads back
    window.sign_in(live_site)
    expect(page).to_have_url(f"{live_site.address}/sample/")
    sound(page)

    fill_in(page, server)
    page.get_by_label("Key", exact=True).fill("sk-wrong-one-9999")
    page.get_by_role("button", name="Try three problems").click()
    expect(page.get_by_role("alert")).to_contain_text("doesn't accept the key (HTTP 401)")  # without a reload
    sound(page)

    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_label("The server’s name of the model")).to_have_value(server.model)
    expect(page.get_by_label("Key", exact=True)).to_have_value("")
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_role("button", name="Try three problems").click()
    start = page.get_by_role("button", name=f"Start: draw {SAMPLES} samples")
    expect(start).to_be_visible()
    expect(page.get_by_role("heading", name="HumanEval/0")).to_be_visible()
    sound(page)
    start.click()

    _read_while_it_is_drawn(page)
    expect(page.get_by_text("drawn", exact=True).first).to_be_visible()
    expect(page.locator(".tags")).to_have_text("drawn", timeout=DRAWING_MILLISECONDS)
    row = page.get_by_role("row", name=re.compile(r"^0\.2"))
    expect(row).to_contain_text("328 of 328")
    expect(row.get_by_role("cell").nth(4)).to_have_text(re.compile(r"\d+\.\d"), timeout=DRAWING_MILLISECONDS)
    sound(page)
    _read_a_run(page, row.get_by_role("link"))
    assert KEY not in live_site.log()
    assert KEY.encode() not in (live_site.folder / "passboard.sqlite3").read_bytes()


def _read_while_it_is_drawn(page: Page) -> None:
    state = page.get_by_role("region", name="Progress")
    expect(state).to_contain_text(f"of {SAMPLES}")
    expect(page.get_by_role("progressbar", name="drawn", exact=True)).to_be_visible()
    sound(page)


def _read_a_run(page: Page, link: object) -> None:
    link.click()  # type: ignore[attr-defined]
    expect(page.get_by_role("heading", name="How it was sampled")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("OpenAI-compatible, completions")
    expect(page.get_by_role("region", name="Figures")).to_contain_text("pass@1")
    page.get_by_role("link", name="The sampling").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tiny words")


def test_the_form_is_sent_without_scripts(browser: Browser, live_site: LiveSite, server: TinyProcess) -> None:
    with browser.new_context(base_url=live_site.address, java_script_enabled=False) as context:
        context.set_default_timeout(WAIT_MILLISECONDS)
        window = Window(context.new_page(), Troubles())
        window.page.goto("/sample/")
        window.sign_in(live_site)
        fill_in(window.page, server)
        window.page.get_by_label("Key", exact=True).fill(KEY)
        window.page.get_by_role("button", name="Try three problems").click()
        expect(window.page.get_by_role("heading", level=1)).to_have_text("Tiny words")
        for _ in range(60):
            if window.page.get_by_role("button", name="Start").count():
                break
            window.page.wait_for_timeout(500)
            window.page.reload()
        expect(window.page.get_by_role("button", name="Start")).to_be_visible()
        window.page.get_by_role("button", name="Discard").click()
        expect(window.page).to_have_url(f"{live_site.address}/sample/")
