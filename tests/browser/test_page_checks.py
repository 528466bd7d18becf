"""The checks themselves: each fault is seen, and a sound page has none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.page_checks import Troubles, faults

pytestmark = pytest.mark.browser

SOUND = """<!doctype html><html lang="en"><head><title>t</title></head><body style="color:#222"><main>
<h1>One</h1><h2>Two</h2><label>Name <input></label><a href="#">in</a>
<table><caption>c</caption><thead><tr><th>a</th></tr></thead></table>BODY</main></body></html>"""


def opened(browser: Browser, html: str) -> list[str]:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    try:
        page.set_content(html)
        return faults(page)
    finally:
        page.close()


def test_sound_page_has_no_faults(browser: Browser) -> None:
    assert opened(browser, SOUND) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<p style="color:#aaa">pale</p>', "contrast 2.32"),
        ('<div style="background:#333"><b style="color:#222">dark on dark</b></div>', "contrast 1."),
        ('<div style="width:900px">wide</div>', "wider than its 390 px window: <div"),
        ('<a href="/x"></a>', "no name: <a"),
        ("<button></button>", "no name: <button"),
        ("<input>", "no label: <input"),
        ('<img src="data:,">', "no alt: <img"),
        ('<i id="a"></i><i id="a"></i>', "id a twice"),
        ("<h1>Another</h1>", "the page has 2 h1"),
        ("<h4>Deep</h4>", "an h4 follows an h2"),
        ("<table><thead><tr><th>a</th></tr></thead></table>", "a table without caption"),
        ("<table><tr><td>a</td></tr></table>", "a table without headers"),
        ('<p aria-describedby="gone">x</p>', "aria-describedby points to no element"),
        (
            '<div style="overflow-x:auto;width:90px"><div style="width:300px">x</div></div>',
            "scrolls sideways, and the keyboard can't reach it",
        ),
    ],
)
def test_each_fault_is_seen(browser: Browser, body: str, fault: str) -> None:
    found = opened(browser, SOUND.replace("BODY", body))
    assert any(line.startswith(fault) for line in found), found


def test_console_errors_and_blocked_styles_are_heard(browser: Browser) -> None:
    page = browser.new_page()
    troubles = Troubles()
    troubles.listen(page)
    policy = "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\">"
    page.set_content(
        f"{policy}<p style='color:red'>x</p><script>console.error('ouch'); throw new Error('loud')</script>"
    )
    page.close()
    heard = "\n".join(troubles.heard)
    assert "ouch" in heard
    assert "loud" in heard
    assert "Content Security Policy" in heard
