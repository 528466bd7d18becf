"""What every page keeps to: no inline script or style, nothing that the security policy would block."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}> without a file")
        self.found += [f"{name} on <{tag}>" for name in names if name == "style" or name.startswith("on")]


def inline_code(html: str) -> list[str]:
    """Every inline script, style and handler of a page."""
    finder = _Finder()
    finder.feed(html)
    return finder.found


def assert_strict(response: HttpResponse) -> None:
    assert inline_code(response.content.decode()) == []
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
