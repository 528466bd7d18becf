"""Rules about XML, XPath and LDAP: documents that fetch or grow, and queries with values in their text."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Stored
from evaluator.security.flow.values import Level
from evaluator.security.rule import Only, Rule, calls, stored

_LXML = re.compile(
    r"^lxml\.(?:etree|objectify|html)\.(?:parse|fromstring|XML|iterparse|fromstringlist|XMLParser|HTML)$"
)
_STANDARD = re.compile(
    r"^xml\.(?:etree\.ElementTree\.(?:parse|fromstring|iterparse|XML|fromstringlist|XMLParser|XMLPullParser)"
    r"|dom\.(?:minidom|pulldom|expatbuilder)\.(?:parse|parseString)|sax\.(?:parse|parseString|make_parser)"
    r"|sax\.expatreader\.create_parser|parsers\.expat\.ParserCreate)$|^xmltodict\.parse$"
)


def _external(call: Call) -> str | None:
    if not _LXML.match(call.qual) or call.qual.startswith("lxml.html"):
        return None
    if call.name == "XMLParser":
        return "This parser loads what the document names." if _loads_entities(call) else None
    if isinstance(call.constant(0), str | bytes):
        return None
    parser = call.argument(1, "parser")
    if call.name == "iterparse":
        resolve = call.kwargs.get("resolve_entities")
        return (
            None
            if resolve is not None and resolve.const is False
            else "iterparse() loads what the document names."
        )
    if parser is None or parser.const is None:
        return f"{call.name}() with lxml's own parser loads what the document names."
    return None


def _loads_entities(call: Call) -> bool:
    resolve = call.kwargs.get("resolve_entities")
    if resolve is not None:
        return any(constant is True for constant in resolve.constants())
    wants = [call.kwargs[name] for name in ("load_dtd", "huge_tree", "dtd_validation") if name in call.kwargs]
    network = call.kwargs.get("no_network")
    return (
        any(want.const is True for want in wants)
        or (network is not None and network.const is False)
        or not call.kwargs
    )


def _feature(call: Call) -> str | None:
    feature, state = call.argument(0, "name"), call.argument(1, "state", "value")
    if feature is None or state is None or state.const not in (True, 1):
        return None
    name = feature.qual + str(feature.const)
    if "external" in name and ("general" in name or "ges" in name or "pes" in name or "parameter" in name):
        return "The parser is told to load what the document names."
    return None


def _growing(call: Call) -> str | None:
    if not _STANDARD.match(call.qual):
        return None
    data = call.argument(0, "text", "source", "string", "file", "stream")
    if data is not None and isinstance(data.const, str | bytes) and call.name not in ("parse", "iterparse"):
        return None
    parser = call.argument(1, "parser")
    if parser is not None and "defused" in parser.qual.lower():
        return None
    if call.name in ("make_parser", "XMLParser", "XMLPullParser", "create_parser", "ParserCreate"):
        return None  # found where it is used
    return f"{call.qual}() expands entities without a bound where libexpat is an old one."


def _parsed_by_object(call: Call) -> str | None:
    if call.receiver is None or call.receiver.qual not in (
        "xml.sax.make_parser()",
        "xml.sax.expatreader.create_parser()",
    ):
        return None
    return "This parser expands entities without a bound where libexpat is an old one."


def _xpath(call: Call) -> str | None:
    query = call.argument(0, "path", "_path", "xpath", "expression")
    if query is None:
        return None
    for choice in query.choices():
        parts = choice.parts
        if parts is None or call.level(choice, "xpath") < Level.PARAMETER:
            continue
        text = "".join(part if isinstance(part, str) else "\0" for part in parts)
        if ("/" in text or "[" in text) and ("[" in text or call.name in ("xpath", "XPath")):
            return f"{call.name}() takes a query with a value written into its text."
    return None


_LDAP_FILTER = re.compile(r"\(\s*[&|!]?\s*\(?[\w;.-]+\s*[~<>]?=")


def _ldap(call: Call) -> str | None:
    if call.qual.startswith("re."):
        return None
    for value in (*call.args, *call.kwargs.values()):
        for choice in value.choices():
            if choice.parts is None or call.level(choice, "ldap") < Level.PARAMETER:
                continue
            text = "".join(part if isinstance(part, str) else "x" for part in choice.parts)
            if _LDAP_FILTER.search(text):
                return f"{call.name}() takes a filter with a value written into its text."
    filter_text = call.argument(2, "filterstr", "search_filter")
    if filter_text is not None and call.level(filter_text, "ldap") is Level.SOURCE:
        return f"{call.name}() takes a stranger's text as its filter."
    return _ldap_name(call)


def _ldap_name(call: Call) -> str | None:
    """Distinguished names: "uid=" + name + ",ou=people"."""
    for value in (*call.args, *call.kwargs.values()):
        if value.parts is None or call.level(value, "ldap") < Level.PARAMETER:
            continue
        text = "".join(part if isinstance(part, str) else "x" for part in value.parts)
        if re.search(r"\b(?:uid|cn|dn|ou)=x.*,\s*(?:ou|dc|o|cn)=", text, re.IGNORECASE):
            return f"{call.name}() takes a name with a value written into its text."
    return None


def _filter_stored(event: Stored) -> str | None:
    if event.how not in ("assign", "attribute") or "filter" not in event.name.lower():
        return None
    for choice in event.value.choices():
        if choice.parts is None or event.level(choice, "ldap") < Level.PARAMETER:
            continue
        text = "".join(part if isinstance(part, str) else "x" for part in choice.parts)
        if re.match(
            r"\s*\(\s*[&|!]?\s*\(?(?:uid|cn|mail|sn|sAMAccountName|objectClass|memberOf|userPassword)\s*=",
            text,
            re.I,
        ):
            return "An LDAP filter is built with a value in its text."
    return None


_LDAP_CALLS = (
    "search search_s search_ext search_ext_s search_st simple_bind_s bind_s simple_bind modify_s "
    "delete_s paged_search Connection compare_s"
)

STRUCTURED_RULES = (
    Rule(
        id="PB171",
        title="XML that loads what it names",
        cwe=611,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="An entity of the document can name a local file or an address, whose content gets into the "
        "result.",
        fix="Parse with defusedxml, or with etree.XMLParser(resolve_entities=False, no_network=True).",
        insecure="from lxml import etree\n\ndef read(text):\n    return etree.fromstring(text)\n",
        secure=(
            "from lxml import etree\n\ndef read(text):\n"
            "    parser = etree.XMLParser(resolve_entities=False, no_network=True)\n"
            "    return etree.fromstring(text, parser)\n"
        ),
        watches=(
            calls(
                "parse fromstring XML iterparse fromstringlist XMLParser",
                _external,
                Only(needs="lxml etree objectify"),
            ),
            calls("setFeature", _feature),
        ),
    ),
    Rule(
        id="PB172",
        title="XML whose entities may grow",
        cwe=776,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="A small document with nested entities can grow to gigabytes where libexpat is an old one.",
        fix="Parse XML that others wrote with defusedxml.",
        insecure="import xml.etree.ElementTree as ET\n\ndef read(text):\n    return ET.fromstring(text)\n",
        secure="import defusedxml.ElementTree as ET\n\ndef read(text):\n    return ET.fromstring(text)\n",
        watches=(
            calls(
                "parse parseString fromstring iterparse XML fromstringlist",
                _growing,
                Only(hints="xml et. elementtree minidom sax pulldom"),
            ),
            calls("parse", _parsed_by_object, Only(needs="make_parser create_parser")),
        ),
    ),
    Rule(
        id="PB173",
        title="XPath with a value in its text",
        cwe=643,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="A quote in the value ends the text that it was meant to be, and the rest changes the query.",
        fix="Name the value in the query and give it beside it: tree.xpath('//u[@id=$id]', id=value).",
        insecure='def find(tree, name):\n    return tree.xpath("//user[name=\'" + name + "\']")\n',
        secure="def find(tree, name):\n    return tree.xpath('//user[name=$name]', name=name)\n",
        watches=(
            calls(
                "xpath XPath find findall findtext iterfind evaluate select",
                _xpath,
                Only(hints="xpath [@ '// \"// =' =\""),
            ),
        ),
    ),
    Rule(
        id="PB174",
        title="LDAP query with a value in its text",
        cwe=90,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Brackets and asterisks in the value change what the query asks for.",
        fix="Put ldap.filter.escape_filter_chars around every value.",
        insecure=(
            "def find(connection, name):\n"
            "    return connection.search_s('dc=example,dc=org', 2, '(uid=' + name + ')')\n"
        ),
        secure=(
            "from ldap.filter import escape_filter_chars\n\ndef find(connection, name):\n"
            "    return connection.search_s('dc=example,dc=org', 2, f'(uid={escape_filter_chars(name)})')\n"
        ),
        watches=(
            calls(_LDAP_CALLS, _ldap, Only(hints="ldap search_s search_ext ( simple_bind uid=")),
            stored(_filter_stored, Only(hints="(uid= (cn= (mail= (& (| samaccountname")),
        ),
    ),
)
