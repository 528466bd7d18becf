"""What the keyboard can't do on a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_CHECKS = (Path(__file__).parent / "keyboard_checks.js").read_text()


def keyboard_faults(page: Page) -> list[str]:
    """Tabs through the whole open page: a trap would keep the key from what comes after it."""
    checks = page.evaluate_handle(_CHECKS)
    for _ in range(checks.evaluate("checks => checks.note()") + 2):
        page.keyboard.press("Tab")
    found: list[str] = checks.evaluate("checks => checks.faults()")
    return found
