"""Untrusted code as lines of HTML."""

from __future__ import annotations

import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.highlight import SHOWN_CHARACTERS, highlight
from leaderboard.visible import visible


class TextOnly(HTMLParser):
    """Collects text, and refuses every element but our own spans."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "span"
        assert [name for name, _ in attrs] == ["class"]
        self.open += 1

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(html: str) -> str:
    parser = TextOnly()
    parser.feed(html)
    parser.close()
    assert parser.open == 0, "a line is whole in itself"
    return parser.text


def test_a_string_over_lines_is_coloured_on_each_of_them() -> None:
    lines = highlight('x = """a\nb"""\n')
    assert [line.number for line in lines] == [1, 2]
    assert 'class="s2">b&quot;&quot;&quot;</span>' in lines[1].html


@pytest.mark.parametrize("source", ["a\r\nb\rc\n", "a\nb\nc", "a\nb\nc\n"])
def test_lines_are_counted_as_python_counts_them(source: str) -> None:
    assert [text_of(line.html) for line in highlight(source)] == ["a", "b", "c"]


@given(st.text(max_size=300))
def test_whatever_the_source_its_text_is_kept_and_nothing_else_gets_through(source: str) -> None:
    shown = "\n".join(text_of(line.html) for line in highlight(source))
    normal = visible(source.replace("\r\n", "\n").replace("\r", "\n"))
    assert shown.rstrip("\n") == unescape(normal.rstrip("\n")) or shown.rstrip("\n") == normal.rstrip("\n")
    shown.encode()  # no surrogate is left


@pytest.mark.parametrize(
    "source", ["match" + " " * 59_000, "\n " * 30_000, "(" * 60_000, '"' * 60_000, "@" * 60_000, "x" * 10**7]
)
def test_hostile_sources_are_shown_in_no_time(source: str) -> None:
    start = time.perf_counter()
    lines = highlight(source)
    assert time.perf_counter() - start < 5
    assert sum(len(line.html) for line in lines) < 20 * SHOWN_CHARACTERS


def test_a_very_long_source_says_how_much_is_not_shown() -> None:
    assert highlight("x" * (SHOWN_CHARACTERS + 7))[-1].html == "… 7 more characters are not shown"


def test_hidden_characters_are_spelled_out() -> None:
    assert visible("a\u202eb\x00c\ud800\u200bd\x85") == "a\\u202eb\u2400c\\ud800\\u200bd\\x85"
    assert visible("plain\ttext\nüñ") == "plain\ttext\nüñ"
