"""One page of the site, made to stand on its own: relative links, charts inside, no need of a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from html.parser import HTMLParser

# Of an element's address: what stands in its place, or None where the copy has nothing there.
Target = Callable[[str], str | None]
Attributes = Sequence[tuple[str, str | None]]

_ADDRESSES = {"href", "src", "data-library"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Elements that ask the server for something, with all that is in them. Buttons are told by these attributes.
_SERVER_ELEMENTS = {"form"}
_SERVER_BUTTONS = {"data-copy-link"}
_SERVER_SCRIPTS = ("htmx", "upload")
# Sheets that Plotly writes into; from a file it may not, and makes one of its own where there is none.
_PLOTLY_SHEET = "plotly.js-style-global"


class StandingPage(HTMLParser):
    """`figure_of` gives a chart's figure as JSON; `remark` is printed at the foot of the page."""

    def __init__(self, target: Target, figure_of: Callable[[str], str], remark: str) -> None:
        super().__init__(convert_charrefs=False)
        self._target = target
        self._figure_of = figure_of
        self._remark = remark
        self._written: list[str] = []
        self._dropped: list[str] = []  # open elements from the one that is left out on
        self._open: list[str] = []
        self._unlinked: list[bool] = []  # for each open <a>: whether only its text is kept

    def of(self, html: str) -> str:
        """The page, rewritten."""
        self.feed(html)
        self.close()
        return "".join(self._written)

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not self._dropped:
            self._element(tag, attrs, "/>")

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._dropped or (tag not in _VOID and self._is_left_out(tag, attrs)):
            if tag not in _VOID:
                self._dropped.append(tag)
            return
        if tag == "a" and self._unlink(attrs):
            return
        self._element(tag, attrs, ">")
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "div" and self._open[-2:] == ["footer", "div"]:
            self._write(f"<span>{escape(self._remark)}</span>")

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._dropped.pop()
            return
        if tag == "a" and self._unlinked.pop():
            return
        self._write(f"</{tag}>")
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def _is_left_out(self, tag: str, attrs: Attributes) -> bool:
        names = dict(attrs)
        if tag in _SERVER_ELEMENTS or _SERVER_BUTTONS & names.keys():
            return True
        if tag == "script":
            return any(word in (names.get("src") or "") for word in _SERVER_SCRIPTS)
        # In the header and in tabs a way that leads nowhere is only in the way.
        href = names.get("href")
        navigates = tag == "a" and bool({"header", "nav"} & set(self._open))
        return navigates and href is not None and self._target(href) is None

    def _unlink(self, attrs: Attributes) -> bool:
        href = dict(attrs).get("href")
        self._unlinked.append(href is not None and self._target(href) is None)
        return self._unlinked[-1]

    def _element(self, tag: str, attrs: Attributes, end: str) -> None:
        if tag == "input":
            return  # of a form that stands elsewhere
        kept = [(name, self._value(name, value)) for name, value in attrs if self._is_kept(name, value)]
        if tag == "script":  # modules are not loaded from files: the copy's scripts are plain ones
            kept = [("defer", None) if name == "type" else (name, value) for name, value in kept]
        texts = [name if value is None else f'{name}="{escape(value)}"' for name, value in kept]
        self._write(f"<{' '.join([tag, *texts])}{end}")

    def _is_kept(self, name: str, value: str | None) -> bool:
        if name.startswith("hx-") or (name == "id" and value == _PLOTLY_SHEET):
            return False
        return name not in _ADDRESSES or value is None or self._target(value) is not None

    def _value(self, name: str, value: str | None) -> str | None:
        if value is None:
            return None
        if name in _ADDRESSES:
            return self._target(value)
        return self._figure_of(value) if name == "data-chart" else value

    def _write(self, text: str) -> None:
        if not self._dropped:
            self._written.append(text)
