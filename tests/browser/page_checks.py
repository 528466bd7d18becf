"""What every page has to stand: a silent console, nothing blocked, readable, reachable, not too wide."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

_HERE = Path(__file__).parent
_FAULTS = (_HERE / "page_checks.js").read_text()
_AXE = (_HERE / "vendor" / "axe-core-4.14.1.min.js").read_text()
# Every rule of axe-core, those for good practice included.
_RUN_AXE = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false, ...only });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary: why }) => `${id}: ${help}: ${html.slice(0, 200)} ${why}`));
}"""


@dataclass
class Troubles:
    """What went wrong in the browser since the page was opened. Add `expected` to what may be there."""

    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def _console(self, message: ConsoleMessage) -> None:
        # A blocked inline style or script is an error here, too.
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.location.get('url')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.heard.append(f"{response.status} for {response.url}")

    def _failed(self, url: str, failure: str | None) -> None:
        # A request that the reader's next click cuts off is nobody's fault.
        if failure != "net::ERR_ABORTED":
            self.heard.append(f"{failure} for {url}")


def faults(page: Page) -> list[str]:
    """Accessibility, contrast and width faults of the open page."""
    found: list[str] = page.evaluate(_FAULTS)
    return found


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on the open page, by all its rules or by these."""
    page.evaluate(_AXE)  # by the debugger's way, which the page's policy doesn't close
    found: list[str] = page.evaluate(_RUN_AXE, list(rules))
    return found
