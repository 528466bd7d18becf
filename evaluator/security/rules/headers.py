"""Rules about lines that others read: headers, logs and cookies."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Event, Returned, Stored
from evaluator.security.flow.values import Level, Value
from evaluator.security.rule import Only, Rule, calls, returned, stored

_HEADERS = re.compile(r"headers?$|response|resp$|Response\(\)$|make_response\(\)$", re.IGNORECASE)


def _header(event: Stored) -> str | None:
    if event.how != "item" or event.name.lower() == "location" or not _HEADERS.search(event.owner):
        return None
    if event.level(event.value, "header") is Level.SOURCE and _may_break_lines(event.value):
        return f"The header {event.name} takes a stranger's text with its line ends."
    return None


def _header_call(call: Call) -> str | None:
    if call.name == "send_header" or call.name in (
        "add_header",
        "set_header",
        "setdefault",
        "set",
        "add",
        "add_header_value",
    ):
        owner = call.receiver.qual if call.receiver is not None else ""
        if call.name in ("set", "add", "setdefault") and not owner.endswith("headers"):
            return None
        value = call.argument(1, "value")
        if value is not None and call.level(value, "header") >= _lowest(call):
            return "A header takes text from outside with its line ends."
    return None


_RAW_HEADER = re.compile(r"(?:^|\r\n)[\w-]+: ?[^\r\n]*$")


def _raw_header(event: Returned) -> str | None:
    """An answer of HTTP put together by hand: the text before a value ends within a header."""
    before = ""
    for part in event.value.text_parts():
        if isinstance(part, str):
            before += part
            continue
        in_header = "\r\n" in before and _RAW_HEADER.search(before[-1000:]) is not None
        if in_header and event.level(part, "header") >= Level.PARAMETER:
            return "A header takes text from outside with its line ends."
    return None


def _lowest(call: Call) -> Level:
    return Level.SOURCE if call.name not in ("send_header",) else Level.PARAMETER


def _may_break_lines(value: Value) -> bool:
    return value.items is None and value.mapping is None


_LOGGERS = "debug info warning error critical exception log warn"
_LOGGER = re.compile(
    r"(?:^|[.$])_?(?:logging|logger|log|LOG|LOGGER|app\.logger|audit_?log\w*)(?:$|\.|\()|getLogger"
    r"|get_logger",
    re.IGNORECASE,
)
_LOG_FUNCTION = re.compile(r"(?:^|_)(?:log|audit|record)(?:_|$)", re.IGNORECASE)


def _logged(call: Call) -> str | None:
    owner = call.receiver.qual if call.receiver is not None else ""
    if not _LOGGER.search(owner):
        return None
    for position, value in enumerate(call.args):
        template = call.args[0].const
        if position and isinstance(template, str) and "%r" in template:
            continue
        if _reaches_log(call, value):
            return "The log takes text from outside with its line ends."
    return None


def _reaches_log(event: Event, value: Value) -> bool:
    level = event.level(value, "log")
    if level is Level.SOURCE:
        return True
    if any("log" in inner.safe for inner in value.inner()):
        return False  # somebody has thought of it
    return (
        level is Level.PARAMETER
        and value.parts is not None
        and _LOG_FUNCTION.search(event.function.name) is not None
    )


def _cookie(call: Call) -> str | None:
    name = call.constant(0, "key", "name")
    if not isinstance(name, str) or not re.search(
        r"sess|auth|token|user|login|jwt|sid|csrf", name, re.IGNORECASE
    ):
        return None
    secure = call.kwargs.get("secure")
    if secure is None and "**" not in call.kwargs and not call.kwargs.get("options"):
        return f"The cookie {name[:40]} is sent over plain connections, too."
    if secure is not None and secure.const is False:
        return f"The cookie {name[:40]} is sent over plain connections, too."
    return None


HEADER_RULES = (
    Rule(
        id="PB163",
        title="Header with text from outside",
        cwe=113,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="A line end in the value begins a header, or an answer, that somebody else wrote.",
        fix="Refuse line ends, or set only values from a list.",
        insecure=(
            "from flask import make_response, request\n\ndef page():\n    response = make_response('ok')\n"
            "    response.headers['X-Language'] = request.args['lang']\n    return response\n"
        ),
        secure=(
            "from flask import make_response, request\n\nLANGUAGES = {'de', 'en'}\n\ndef page():\n"
            "    response = make_response('ok')\n    lang = request.args['lang']\n    if lang in LANGUAGES:\n"
            "        response.headers['X-Language'] = lang\n    return response\n"
        ),
        watches=(
            returned(_raw_header, Only(hints="\\r\\n")),
            stored(_header, Only(hints="header response")),
            calls("send_header add_header set_header set add setdefault", _header_call, Only(hints="header")),
        ),
    ),
    Rule(
        id="PB164",
        title="Log line with text from outside",
        cwe=117,
        severity=Severity.LOW,
        confidence=Severity.MEDIUM,
        why="A line end in the value begins a log line that never happened.",
        fix="Log values with %r, or replace their line ends.",
        insecure=(
            "import logging\nfrom flask import request\n\ndef login():\n"
            "    logging.info('login of %s', request.form['user'])\n"
        ),
        secure=(
            "import logging\nfrom flask import request\n\ndef login():\n"
            "    logging.info('login of %r', request.form['user'])\n"
        ),
        watches=(calls(_LOGGERS, _logged, Only(hints="log")),),
    ),
    Rule(
        id="PB165",
        title="Session cookie without Secure",
        cwe=614,
        severity=Severity.LOW,
        confidence=Severity.MEDIUM,
        why="The browser sends the cookie over plain connections, too, where anyone can read it.",
        fix="Set cookies of sessions with secure=True, httponly=True and samesite='Lax'.",
        insecure="def remember(response, value):\n    response.set_cookie('session', value)\n",
        secure=(
            "def remember(response, value):\n"
            "    response.set_cookie('session', value, secure=True, httponly=True, samesite='Lax')\n"
        ),
        watches=(calls("set_cookie", _cookie),),
    ),
)
