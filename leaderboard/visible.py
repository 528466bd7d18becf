"""Untrusted text made fit to be shown: nothing invisible, nothing that can't be sent.

Samples, their answers and their messages come from programs that nobody has read. Django escapes their
markup; what it lets through are characters that hide code from the reader (control and direction
characters) and lone surrogates, which no response can encode.
"""

from __future__ import annotations

import re
from dataclasses import replace

from evaluator.records import Detail

_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"} | {127: "␡"}
# C1 controls, zero-width and direction characters (they can make code read other than it runs), surrogates.
_HIDDEN = re.compile("[\x80-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with every hidden character spelled out, as `\\u202e` or a control picture."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_spelled, text.translate(_CONTROL_PICTURES))


def visible_detail(detail: Detail) -> Detail:
    """The same detail, fit to be shown."""
    texts = {name: getattr(detail, name) for name in ("message", "call", "actual", "expected", "exception")}
    shown = {name: visible(text) if text else text for name, text in texts.items()}
    return replace(detail, traceback=tuple(visible(line) for line in detail.traceback), **shown)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
