"""Rules about addresses and headers: where a server fetches from, and what it answers with."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Event, Stored
from evaluator.security.flow.values import Level, Value
from evaluator.security.rule import Only, Rule, calls, stored

_CLIENTS = re.compile(
    r"^(?:requests|httpx|urllib3|aiohttp|urllib\.request|http\.client|grequests|treq|pycurl)\b|[Ss]ession"
    r"|[Cc]lient\b|PoolManager|\$http"
)
_FETCHERS = (
    "get post put delete head patch request urlopen urlretrieve fetch stream HTTPConnection "
    "HTTPSConnection Request options"
)
_REDIRECTS = (
    "redirect HttpResponseRedirect HttpResponsePermanentRedirect RedirectResponse HTTPFound HTTPSeeOther "
    "HTTPMovedPermanently HTTPTemporaryRedirect seeother"
)


def _host_is_fixed(value: Value) -> bool:
    """Whether scheme and host are the program's own: "https://api.example.org/" + path."""
    first = value.text_parts()[0]
    if not isinstance(first, str):
        return False
    return re.match(r"[a-z][a-z0-9+.-]*://[^/\s]+[/?#]", first) is not None or (
        first.startswith(("/", "?", "#")) and len(first) > 1
    )


def _fetched(call: Call) -> str | None:
    if not _CLIENTS.search(call.qual):
        return None
    position = 1 if call.name in ("request", "stream") else 0
    url = call.argument(position, "url", "fullurl", "host")
    if url is None:
        return None
    for choice in url.choices():
        if call.level(choice, "url") is Level.SOURCE and not _host_is_fixed(choice):
            return "A stranger decides which server is asked."
        built = choice.parts is not None and isinstance(choice.parts[0], str) and "://" in choice.parts[0]
        if built and call.level(choice, "url") is Level.PARAMETER and not _host_is_fixed(choice):
            return "The server that is asked is put together with a value from outside."
    return None


def _socket(call: Call) -> str | None:
    if call.name not in ("connect", "create_connection") or not (
        "socket" in call.qual or call.qual.startswith("$s")
    ):
        return None
    address = call.argument(0, "address")
    if address is None or not address.items:
        return None
    return (
        "A stranger decides which server is asked."
        if call.level(address.items[0], "url") is Level.SOURCE
        else None
    )


def _redirected(call: Call) -> str | None:
    target = call.argument(0, "location", "url", "redirect_to", "to")
    if target is None or (call.name == "redirect" and not _is_redirect(call)):
        return None
    for choice in target.choices():
        if _stays_here(choice):
            continue
        if call.level(choice, "redirect") >= Level.PARAMETER:
            return "Where people are sent is decided outside."
    return None


def _is_redirect(call: Call) -> bool:
    return call.qual in (
        "flask.redirect",
        "redirect",
        "bottle.redirect",
        "self.redirect",
        "django.shortcuts.redirect",
        "fastapi.responses.redirect",
        "aiohttp.web.redirect",
    ) or call.qual.endswith((".redirect", "$response.redirect"))


def _stays_here(value: Value) -> bool:
    first = value.text_parts()[0]
    if not isinstance(first, str) or len(first) < 2:
        return False
    return (first[0] == "/" and first[1] not in "/\\") or _host_is_fixed(value) or first[0] in "?#"


def _location(event: Stored) -> str | None:
    if event.how != "item" or event.name.lower() != "location":
        return None
    for choice in event.value.choices():
        if not _stays_here(choice) and event.level(choice, "redirect") >= Level.PARAMETER:
            return "Where people are sent is decided outside."
    return None


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


WEB_RULES = (
    Rule(
        id="PB161",
        title="Server-side request to an address from outside",
        cwe=918,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="The address can be one that only this server reaches: the cloud's metadata, a database, itself.",
        fix="Compare the host with a list of allowed ones, or resolve it and refuse private addresses.",
        insecure=(
            "import requests\nfrom flask import request\n\ndef preview():\n"
            "    return requests.get(request.args['url'], timeout=5).content\n"
        ),
        secure=(
            "import requests\nfrom flask import abort, request\nfrom urllib.parse import urlparse\n\n"
            "HOSTS = {'images.example.org'}\n\ndef preview():\n    url = request.args['url']\n"
            "    if urlparse(url).hostname not in HOSTS:\n        abort(400)\n"
            "    return requests.get(url, timeout=5).content\n"
        ),
        watches=(
            calls(
                _FETCHERS,
                _fetched,
                Only(hints="requests httpx urllib urlopen aiohttp http.client session client"),
            ),
            calls("connect create_connection", _socket, Only(needs="socket")),
        ),
    ),
    Rule(
        id="PB162",
        title="Redirect to an address from outside",
        cwe=601,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="A link to this site can lead to another one that looks like it and asks for the password.",
        fix="Redirect to paths of this site only, or to addresses on a list.",
        insecure="from flask import redirect, request\n\ndef login():\n    return "
        "redirect(request.args.get('next'))\n",
        secure=(
            "from flask import redirect, request, url_for\n\nPAGES = {'home', 'account'}\n\ndef login():\n"
            "    page = request.args.get('next')\n    if page not in PAGES:\n        page = 'home'\n"
            "    return redirect(url_for(page))\n"
        ),
        watches=(calls(_REDIRECTS, _redirected), stored(_location, Only(hints="location"))),
    ),
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
