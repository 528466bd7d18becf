"""The checks themselves: each fault is seen, and a sound page has none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import keyboard_faults
from tests.browser.page_checks import Troubles, faults, violations

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


def test_axe_sees_a_fault_that_the_other_checks_pass(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(SOUND.replace("BODY", '<ul role="tablist"><li>no tab</li></ul>'))
    assert faults(page) == []
    assert any(line.startswith("aria-required-children") for line in violations(page))
    page.close()


TRAP = """<button id="t">x</button><script>
t.addEventListener("keydown", (event) => event.preventDefault())</script><button>after</button>"""


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="#b">b</a><button>c</button><select aria-label="d"><option>1</option></select>', None),
        ('<div style="cursor:pointer">x</div>', "for the mouse alone: <div"),
        ('<a href="#b" tabindex="-1">b</a>', 'the Tab key does not reach <a href="#b" tabindex="-1"'),
        ('<a href="#b" style="outline:none">b</a>', "its focus is not seen: <a"),
        ('<div style="position:fixed;inset:0;background:#fff"></div>', "hidden behind something"),
        (TRAP, "the Tab key does not reach <button>after"),
    ],
)
def test_what_the_keyboard_cannot_do_is_seen(browser: Browser, body: str, fault: str | None) -> None:
    page = browser.new_page()
    page.set_content(SOUND.replace("BODY", body))
    found = keyboard_faults(page)
    assert any(line.startswith(fault) for line in found) if fault else not found, found
    page.close()
