"""One running site for all browser tests, and windows that listen for trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.page_checks import Troubles
from tests.browser.sample_file import write_samples
from tests.browser.walk import OTHER, RUN, SAMPLING
from tests.live_site import LiveSite, running_site

WAIT_MILLISECONDS = 20_000


@dataclass(frozen=True)
class Window:
    page: Page
    troubles: Troubles

    def sign_in(self, site: LiveSite) -> None:
        """Fills in the form that is open."""
        self.page.get_by_label("Username").fill("admin")
        self.page.get_by_label("Password").fill(site.password)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The whole site as `make run` starts it, with nothing in it but HumanEval and the published results."""
    with running_site(tmp_path_factory.mktemp("site") / "data", NO_DEMO="1") as site:
        yield site


@pytest.fixture(scope="session")
def scored_run(live_site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a run that was submitted by command and scored, without the site's address."""
    return _submitted(live_site, tmp_path_factory.mktemp("samples"), "Submitted", "350000000")


@pytest.fixture(scope="session")
def other_run(live_site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a run of another model, to compare the first one with."""
    return _submitted(live_site, tmp_path_factory.mktemp("samples"), "Another", "2700000000")


@pytest.fixture(scope="session")
def tried_sampling(live_site: LiveSite) -> str:
    """The id of a sampling of the administrator's whose server nobody reaches."""
    said = live_site.manage("shell", "--no-imports", "--command", _TRIED)
    return said.split()[-1]


_TRIED = """
from time import sleep
from django.contrib.auth.models import User
from leaderboard.models import Benchmark
from leaderboard.services.sampling import dry_run
from leaderboard.services.sampling_order import SamplingOrder, Server
order = SamplingOrder("Unreachable", Server("https://models.invalid/v1", "none"))
row = dry_run(User.objects.get(username="admin"), Benchmark.objects.get(slug="humaneval"), order)
while row.status == "trying":
    sleep(0.1)
    row.refresh_from_db()
print(row.pk)
"""


def _submitted(site: LiveSite, folder: Path, model: str, parameters: str) -> str:
    path = folder / "submitted_T0.8.jsonl.gz"
    write_samples(path)
    said = site.manage("submit", str(path), "--model", model, "--parameters", parameters, "--wait")
    number = re.search(r"Run (\d+)", said)
    assert number, said
    return f"/runs/{number[1]}/"


@pytest.fixture
def window(browser: Browser, live_site: LiveSite) -> Iterator[Window]:
    """A fresh reader's window, wide and light, on the site. Whatever troubles it fails the test."""
    context = browser.new_context(base_url=live_site.address, viewport={"width": 1400, "height": 900})
    context.set_default_timeout(WAIT_MILLISECONDS)
    opened = Window(context.new_page(), Troubles())
    opened.troubles.listen(opened.page)
    yield opened
    context.close()
    heard = "\n".join(opened.troubles.heard)
    assert not heard, f"{heard}\nThe site said:\n{live_site.log()}"


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
        window.page.goto("/organisations/")
        window.page.get_by_label("Name").fill("Browser Lab")
        window.page.get_by_role("button", name="Make the organisation").click()  # refused the second time
        yield window.page


@pytest.fixture(scope="module")
def there(scored_run: str, other_run: str, tried_sampling: str) -> dict[str, str]:
    """What the numbers in PLACES stand for, but for the upload."""
    runs = {str(RUN): scored_run.split("/")[2], str(OTHER): other_run.split("/")[2]}
    return runs | {str(SAMPLING): tried_sampling}


@pytest.fixture(scope="module")
def waiting_upload(owner: Page, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The id of an upload of the administrator's that was looked at and waits for a word."""
    path = tmp_path_factory.mktemp("waits") / "waits_T0.8.jsonl.gz"
    write_samples(path)
    owner.goto("/upload/")
    owner.get_by_label("Sample file").set_input_files(path)
    owner.get_by_role("button", name="Look at the file").click()
    owner.wait_for_url(re.compile(r"/upload/[0-9a-f-]{36}/"))
    return owner.url.rstrip("/").rsplit("/", 1)[-1]


@pytest.fixture
def sample_path(tmp_path: Path) -> Path:
    return tmp_path / "whole-path-1b_T0.8_n12.jsonl.gz"
