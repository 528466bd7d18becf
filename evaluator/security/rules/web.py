"""Rules about addresses: where a server fetches from, and where it sends people."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Stored
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


# Functions of these names fetch what users point at.
_FOR_STRANGERS = re.compile(
    r"preview|proxy|webhook|avatar|thumbnail|import_|callback|unfurl|screenshot|image|feed|scrape|crawl|from_url",
    re.IGNORECASE,
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
        level = call.level(choice, "url")
        for_strangers = level is Level.PARAMETER and _FOR_STRANGERS.search(call.function.name)
        if (level is Level.SOURCE or for_strangers) and not _host_is_fixed(choice):
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
)
