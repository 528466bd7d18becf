"""Rules about HTML: values that become markup, and templates that don't escape."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Event, Returned, Stored
from evaluator.security.flow.values import Level, Value
from evaluator.security.rule import Only, Rule, calls, returned, stored

_MARKUP_TAG = re.compile(
    r"<(?:html|head|body|div|span|p|a|b|i|h[1-6]|ul|ol|li|table|tr|td|th|img|form|input|script|style|br"
    r"|strong|em|title"
    r"|button|textarea|option|select|label|pre|code|section|article|nav|footer|header|iframe|svg"
    r"|blockquote|small|u|meta)\b",
    re.IGNORECASE,
)
_RESPONSES = (
    "HttpResponse make_response Response HTMLResponse write HttpResponseBadRequest HttpResponseNotFound "
    "HttpResponseForbidden"
)
_RESPONDERS = "response resp request wfile self HttpResponse Response make_response HTMLResponse"
_SAFE_MAKERS = "mark_safe Markup SafeString SafeText SafeUnicode HTML Safe literal"
_UNSAFE_TEMPLATE = re.compile(
    r"\|\s*safe\b|autoescape\s+(?:off|false)|\{%-?\s*autoescape\s+false|\|\s*n\s*\}", re.IGNORECASE
)
_OTHER_TYPES = re.compile(r"json|text/plain|csv|xml|octet|pdf|image/", re.IGNORECASE)
_UNFIT = (
    "jsonify()",
    "json.dumps()",
    "flask.jsonify()",
    "JsonResponse()",
    "render_template()",
    "flask.render_template()",
)


def _open_hole(event: Event, value: Value, lowest: Level) -> bool:
    """Whether an unescaped value of that level or above is in this text or these texts."""
    return event.level(value, "html") >= lowest


def _has_markup(value: Value) -> bool:
    return any(isinstance(part, str) and _MARKUP_TAG.search(part) for part in value.text_parts())


def _is_text(value: Value) -> bool:
    return value.parts is not None or (value.items is None and value.mapping is None)


def _returned(event: Returned) -> str | None:
    value = event.value.items[0] if event.value.items else event.value
    for part in event.value.items or ():  # (status, headers, body)
        for choice in part.choices():
            if (
                choice.parts is not None
                and _has_markup(choice)
                and _open_hole(event, choice, Level.PARAMETER)
            ):
                return "HTML is handed back with a value in it that was not escaped."
    for choice in value.choices():
        if not _is_text(choice) or choice.qual in _UNFIT:
            continue
        built = choice.parts is not None
        if built and _has_markup(choice) and _open_hole(event, choice, Level.PARAMETER):
            return "HTML is handed back with a value in it that was not escaped."
        plain = built or choice.qual.endswith(("get()", "[]")) or choice.qual.startswith("flask.request")
        if event.function.is_handler and plain and not _is_json(choice) and _real_source(event, choice):
            return "A stranger's text is sent back as a page."
    return None


def _is_json(value: Value) -> bool:
    return any(
        isinstance(part, str) and part.lstrip().startswith(("{", "[")) for part in value.text_parts()[:1]
    )


def _real_source(event: Event, value: Value) -> bool:
    return any(event.level(inner, "html") is Level.SOURCE for inner in [value, *value.inner()])


def _responded(call: Call) -> str | None:
    body = call.argument(0, "content", "response", "chunk", "body")
    if body is None or (call.name in ("write", "end") and not _is_response(call)):
        return None
    kind = call.kwargs.get("content_type") or call.kwargs.get("mimetype") or call.kwargs.get("media_type")
    if kind is not None and isinstance(kind.const, str) and _OTHER_TYPES.search(kind.const):
        return None
    if call.name in ("Response", "make_response") and body.qual in _UNFIT:
        return None
    for choice in body.choices():
        if not _is_text(choice):
            continue
        lowest = Level.PARAMETER if _has_markup(choice) else Level.SOURCE
        if choice.qual not in _UNFIT and _open_hole(call, choice, lowest):
            return f"{call.name}() sends a value that was not escaped."
    return None


_RESPONSE = re.compile(
    r"(?:^|[.$])(?:response|resp|res|self|wfile|handler|out)$|HttpResponse\(\)$", re.IGNORECASE
)


def _is_response(call: Call) -> bool:
    return call.receiver is not None and _RESPONSE.search(call.receiver.qual) is not None


def _marked_safe(call: Call) -> str | None:
    known = call.is_a("mark_safe", "SafeString", "SafeText", "Markup", "SafeUnicode") or call.qual in (
        "IPython.display.HTML",
    )
    text = call.argument(0, "s", "base")
    if not known or text is None or call.level(text, "html") < Level.UNKNOWN:
        return None
    return f"{call.name}() switches escaping off for a value."


def _template_text(call: Call) -> str | None:
    text = call.argument(0, "source", "template", "template_string", "text")
    if text is None:
        return None
    values = [*call.args[1:], *call.kwargs.values()]
    for constant in text.constants():
        if not isinstance(constant, str):
            continue
        if _UNSAFE_TEMPLATE.search(constant) and any(
            call.level(v, "html") >= Level.PARAMETER for v in values
        ):
            return "The template switches escaping off for its values."
    return None


def _autoescape(call: Call) -> str | None:
    if call.is_a("mako.template.Template", "mako.lookup.TemplateLookup"):
        return (
            None
            if {"default_filters", "strict_undefined"} & set(call.kwargs)
            else "Mako escapes nothing by default."
        )
    if not call.is_a("jinja2.Environment", "jinja2.sandbox.SandboxedEnvironment", "jinja2.Template"):
        return None
    flag = call.kwargs.get("autoescape")
    if call.name == "Template":
        text = call.constant(0, "source")
        shows_html = isinstance(text, str) and _MARKUP_TAG.search(text) and "{{" in text
        return "jinja2.Template escapes nothing." if flag is None and shows_html else None
    if flag is None or any(constant is False for constant in flag.constants()):
        return f"This {call.name} escapes nothing."
    return None


def _autoescape_set(event: Stored) -> str | None:
    if event.how == "attribute" and event.name == "autoescape" and event.value.const is False:
        return "Escaping is switched off."
    return None


_WHY = "Markup in the value reaches the page and runs there with the rights of whoever looks at it."

MARKUP_RULES = (
    Rule(
        id="PB151",
        title="HTML with an unescaped value",
        cwe=79,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why=_WHY,
        fix="Put html.escape around every value, or use a template that escapes.",
        insecure="def card(name):\n    return f'<div class=\"card\">{name}</div>'\n",
        secure="import html\n\ndef card(name):\n    return f'<div "
        'class="card">{html.escape(name)}</div>\'\n',
        watches=(
            returned(_returned, Only(hints="</ <br <img <input request")),
            calls(_RESPONSES, _responded, Only(needs=_RESPONDERS)),
        ),
    ),
    Rule(
        id="PB152",
        title="Value marked as safe HTML",
        cwe=79,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="mark_safe and Markup switch escaping off: markup in the value reaches the page and runs there.",
        fix="Use format_html, or make Markup from a constant and fill it with .format(), which escapes.",
        insecure=(
            "from django.utils.safestring import mark_safe\n\ndef bold(text):\n"
            "    return mark_safe('<b>' + text + '</b>')\n"
        ),
        secure=(
            "from django.utils.html import format_html\n\ndef bold(text):\n"
            "    return format_html('<b>{}</b>', text)\n"
        ),
        watches=(calls(_SAFE_MAKERS, _marked_safe),),
    ),
    Rule(
        id="PB153",
        title="Template engine that doesn't escape",
        cwe=79,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Without escaping, markup in a value reaches the page and runs there.",
        fix="Create the environment with autoescape=select_autoescape(), and leave |safe out.",
        insecure="from jinja2 import Environment, FileSystemLoader\n\nenv = "
        "Environment(loader=FileSystemLoader('t'))\n",
        secure=(
            "from jinja2 import Environment, FileSystemLoader, select_autoescape\n\n"
            "env = Environment(loader=FileSystemLoader('t'), autoescape=select_autoescape())\n"
        ),
        watches=(
            calls("Environment SandboxedEnvironment Template TemplateLookup", _autoescape),
            calls("render_template_string from_string Template", _template_text),
            stored(_autoescape_set, Only(needs="autoescape")),
        ),
    ),
)
