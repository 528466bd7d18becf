"""Rules about how a program runs: debuggers, open interfaces, endless waits, asserts."""

from __future__ import annotations

import ast
import re

from evaluator.records import Severity
from evaluator.security.flow.events import Asserted, Call, Stored
from evaluator.security.flow.values import Level
from evaluator.security.rule import Only, Rule, asserted, calls, stored
from evaluator.security.rules.patterns import blows_up
from evaluator.security.words import words

_SERVERS = re.compile(
    r"(?:^|[.$])(?:app|application|server|api|bottle|socketio|uvicorn|Flask|FastAPI|Starlette|Sanic|Quart"
    r"|web|tornado\.web"
    r"|Dash|dash_app|flask_app|my_app|webapp|create_app|site|service)\b(?:\(\))?(?:\.|$)"
)


_DEBUGGABLE = words(
    "run run_simple run_app serve Flask FastAPI Starlette Application run_server Sanic Quart Dash make_app"
)


def _debug_call(call: Call) -> str | None:
    flag = call.kwargs.get("debug") or call.kwargs.get("use_debugger") or call.kwargs.get("evalex")
    is_on = flag is not None and any(constant in (True, 1) for constant in flag.constants())
    if is_on and call.name in _DEBUGGABLE:
        return "Errors show the program's source and variables, and a console to whoever asks."
    if call.is_a("cgitb.enable", "werkzeug.debug.DebuggedApplication", "DebuggedApplication"):
        return "Errors show the program's source and variables."
    return None


def _debug_set(event: Stored) -> str | None:
    if event.value.const is not True:
        return None
    if event.how == "attribute" and event.name == "debug" and _SERVERS.search(event.owner or ""):
        return "Errors show the program's source and variables, and a console to whoever asks."
    if event.how == "item" and event.name == "DEBUG" and "config" in event.owner:
        return "Errors show the program's source and variables, and a console to whoever asks."
    if event.how == "assign" and event.name in ("DEBUG", "TEMPLATE_DEBUG") and not event.function.name:
        return "Errors show the program's source and settings to whoever asks."
    if (
        event.how == "keyword"
        and event.name == "DEBUG"
        and event.owner.endswith(("update", "from_mapping", "configure"))
    ):
        return "Errors show the program's source and variables, and a console to whoever asks."
    return None


_EVERYWHERE = ("0.0.0.0", "::", "0", "[::]", "*")
_BINDERS = (
    "bind run serve run_app run_simple create_server start_server HTTPServer ThreadingHTTPServer "
    "TCPServer UDPServer ThreadingTCPServer make_server listen runserver WSGIServer "
    "SimpleXMLRPCServer create_datagram_endpoint socketserver run_server launch"
)


def _bound(call: Call) -> str | None:
    address = (
        call.kwargs.get("host")
        or call.kwargs.get("address")
        or call.kwargs.get("server_address")
        or call.kwargs.get("bind")
        or call.kwargs.get("server_name")
    )
    if address is not None and call.name != "run" and not address.items:
        values = list(address.choices())
    elif address is not None:
        values = list(address.items or address.choices())[:1]
    else:
        values = []
        for argument in call.args[:3]:
            values += [argument.items[0]] if argument.items else list(argument.choices())
    for value in values:
        if value.const in _EVERYWHERE and isinstance(value.const, str):
            return "The service can be reached from every network that the machine is in."
        of_socket = call.name in (
            "bind",
            "HTTPServer",
            "TCPServer",
            "ThreadingHTTPServer",
            "UDPServer",
            "create_server",
            "make_server",
            "ThreadingTCPServer",
            "SimpleXMLRPCServer",
        )
        if of_socket and value.const == "" and any(a.items for a in call.args):
            return "The service can be reached from every network that the machine is in."
        if value.qual.endswith("INADDR_ANY"):
            return "The service can be reached from every network that the machine is in."
    return None


def _bound_default(event: Stored) -> str | None:
    if (
        event.how == "default"
        and event.value.const in ("0.0.0.0", "::")
        and re.search(r"host|bind|addr|interface|ip$", event.name, re.I)
    ):
        return "Unless told otherwise, the service can be reached from every network that the machine is in."
    return None


_REQUESTS = re.compile(
    r"^(?:requests|requests\.Session\(\))\.(?:get|post|put|delete|head|patch|options|request)$"
)
_OTHER_CLIENTS = re.compile(
    r"^(?:httpx|httpx\.(?:Async)?Client\(\)|aiohttp\.ClientSession\(\))\.\w+$|^httpx\.(?:Async)?Client$"
    r"|^aiohttp\.ClientSession$"
)


_CLIENT_CALLS = (
    "get post put delete head patch options request urlopen Client AsyncClient ClientSession HTTPConnection "
    "HTTPSConnection stream"
)
_CLIENT_WORDS = (
    "requests urlopen httpx aiohttp ClientSession AsyncClient Client HTTPConnection HTTPSConnection"
)


def _endless(call: Call) -> str | None:
    timeout = call.kwargs.get("timeout")
    is_none = timeout is not None and timeout.const is None
    if _REQUESTS.match(call.qual):
        return (
            "A server that never answers keeps this waiting for ever." if timeout is None or is_none else None
        )
    if call.qual == "urllib.request.urlopen":
        given = call.argument(2, "timeout")
        return (
            "A server that never answers keeps this waiting for ever."
            if given is None or given.const is None
            else None
        )
    if call.is_a("http.client.HTTPConnection", "http.client.HTTPSConnection"):
        given = call.argument(2, "timeout")
        # Who brings a context of their own looked at how the connection is made.
        bare = given is None and "context" not in call.kwargs
        return "A server that never answers keeps this waiting for ever." if bare else None
    if _OTHER_CLIENTS.match(call.qual) and is_none:
        return "A server that never answers keeps this waiting for ever."
    return None


_PATTERN_CALLS = "match search fullmatch compile findall finditer sub subn split"


def _pattern(call: Call) -> str | None:
    if not re.match(r"^re\.\w+$", call.qual):
        return None
    pattern = call.argument(0, "pattern")
    if pattern is None:
        return None
    for constant in pattern.constants():
        text = constant.decode("latin-1") if isinstance(constant, bytes) else constant
        if isinstance(text, str) and blows_up(rf"(?:{text})\Z" if call.name == "fullmatch" else text):
            return "A text that almost fits keeps this pattern trying for ages."
    if call.level(pattern, "regex") is Level.SOURCE:
        return "A stranger's pattern can keep the matching busy for ages."
    return None


_GUARDING = re.compile(
    r"is_?(?:admin|staff|superuser|authenticated|authori[sz]ed|allowed|owner|active|logged|valid|verified"
    r"|safe|trusted)"
    r"|has_?(?:perm\w*|role|access|scope)|permission|privilege|\broles?\b|check_password|verify"
    r"|compare_digest|signature"
    r"|csrf|allowed_|whitelist|allowlist|credentials|owner(?:_id)?\b|logged_in|current_user|authenticated"
    r"|\btoken\b"
    r"|\bpassword\b|authorized"
    r"|startswith|realpath|commonpath|is_relative_to|can_(?:edit|read|write|view|delete|access)",
    re.IGNORECASE,
)
_NOT_GUARDING = re.compile(r"^(?:test_|check_|_test)|^main$")


def _guarding_assert(event: Asserted) -> str | None:
    node = event.node
    if (
        not isinstance(node, ast.Assert)
        or _NOT_GUARDING.search(event.function.name)
        or not event.function.name
    ):
        return None
    words = " ".join(_names(node.test))
    if not _GUARDING.search(words) or "isinstance" in words:
        return None
    if "startswith" in words and not re.search(r"path|base|root|dir|folder|real", words, re.IGNORECASE):
        return None
    return "With python -O this check is not there."


def _names(node: ast.expr) -> list[str]:
    found = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.append(inner.id)
        elif isinstance(inner, ast.Attribute):
            found.append(inner.attr)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            found.append(inner.value[:40])
        elif isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant):
            found.append(str(inner.slice.value))  # user["role"]
    return found


SERVICE_RULES = (
    Rule(
        id="PB231",
        title="Debug mode",
        cwe=489,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The debugger shows source and variables on an error, and its console runs code.",
        fix="Leave debug off, and switch it on in your own environment only.",
        insecure="from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n",
        secure="from flask import Flask\n\napp = Flask(__name__)\napp.run()\n",
        watches=(
            calls(
                "run run_simple run_app serve Flask FastAPI Starlette Application run_server Sanic Quart "
                "Dash make_app enable DebuggedApplication",
                _debug_call,
                Only(hints="debug cgitb evalex"),
            ),
            stored(_debug_set, Only(hints="debug")),
        ),
    ),
    Rule(
        id="PB232",
        title="Listening on all interfaces",
        cwe=1327,
        severity=Severity.LOW,
        confidence=Severity.MEDIUM,
        why="The service can be reached from every network that the machine is in.",
        fix="Listen on 127.0.0.1 or on the one address that is meant.",
        insecure="import socket\n\ns = socket.socket()\ns.bind(('0.0.0.0', 8000))\n",
        secure="import socket\n\ns = socket.socket()\ns.bind(('127.0.0.1', 8000))\n",
        watches=(calls(_BINDERS, _bound), stored(_bound_default, Only(hints="0.0.0.0 '::' \"::\""))),
    ),
    Rule(
        id="PB233",
        title="Request without a time-out",
        cwe=400,
        severity=Severity.LOW,
        confidence=Severity.HIGH,
        why="A server that never answers keeps the caller waiting, and its connections taken, for ever.",
        fix="Give every request a timeout.",
        insecure="import requests\n\ndef fetch():\n    return requests.get('https://example.org')\n",
        secure="import requests\n\ndef fetch():\n    return requests.get('https://example.org', timeout=5)\n",
        watches=(calls(_CLIENT_CALLS, _endless, Only(needs=_CLIENT_WORDS)),),
    ),
    Rule(
        id="PB234",
        title="Regular expression that can take ages",
        cwe=1333,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="Where a repeated part can match the same text in many ways, a failing match tries them all.",
        fix="Let each character be matched in one way only, and limit the length of the text.",
        insecure="import re\n\ndef is_name(text):\n    return re.match(r'^(\\w+\\s?)+$', text)\n",
        secure="import re\n\ndef is_name(text):\n    return re.match(r'^\\w+(?:\\s\\w+)*$', text)\n",
        watches=(
            calls(_PATTERN_CALLS, _pattern, Only(needs="re regex", hints=")+ )* ){ request input argv user")),
        ),
    ),
    Rule(
        id="PB235",
        title="Assert used as a guard",
        cwe=617,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="Python leaves asserts out when it is started with -O, and the check with them.",
        fix="Test with if, and raise an exception.",
        insecure="def delete(user, item):\n    assert user.is_admin\n    item.delete()\n",
        secure=(
            "def delete(user, item):\n    if not user.is_admin:\n        raise PermissionError(user)\n"
            "    item.delete()\n"
        ),
        watches=(
            asserted(
                _guarding_assert,
                Only(
                    needs="assert",
                    hints="admin auth perm role passw token signature owner path csrf allow verif login "
                    "staff access compare_digest credential can_",
                ),
            ),
        ),
    ),
)
