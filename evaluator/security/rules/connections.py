"""Rules about connections: who is at the other end, and who listens in."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Stored
from evaluator.security.flow.values import Value
from evaluator.security.rule import Only, Rule, calls, stored

_OFF = {
    "verify": (False, 0),
    "verify_ssl": (False, 0),
    "ssl_verify": (False, 0),
    "verify_certs": (False, 0),
    "ssl": (False,),
    "check_hostname": (False,),
    "validate_certs": (False,),
    "assert_hostname": (False,),
    "ssl_verify_cert": (False,),
    "cert_verify": (False,),
    "validate_cert": (False,),
    "disable_ssl_certificate_validation": (True,),
    "tlsAllowInvalidCertificates": (True,),
    "tlsInsecure": (True,),
    "tls_allow_invalid_certificates": (True,),
    "insecure_skip_verify": (True,),
    "trust_server_certificate": (True,),
    "cert_reqs": ("CERT_NONE", "NONE"),
    "verify_mode": ("CERT_NONE",),
    "ssl_cert_reqs": (None, "none", "CERT_NONE"),
    "sslmode": ("disable", "allow"),
    "check_certificate": (False,),
}
# A keyword "verify" or "ssl" means this only in calls that connect.
_NOT_CONNECTING = re.compile(
    r"jwt|jws|jose|image|verify$|Image|decode|argparse|add_argument|getenv|checksum|img|app\.run"
)
_CONNECTING_SSL = re.compile(
    r"aiohttp|ClientSession|TCPConnector|\.(?:get|post|put|delete|request|ws_connect|patch|head)$|asyncpg"
    r"|MongoClient"
)


def _means_off(name: str, value: Value) -> bool:
    wanted = _OFF.get(name)
    if wanted is None:
        return False
    for choice in value.choices():
        if choice.qual.endswith("CERT_NONE") or choice.qual.endswith("VERIFY_NONE"):
            return name not in ("ssl", "verify")
        if any(choice.const is w or (isinstance(w, str) and choice.const == w) for w in wanted):
            return True
        if name in ("verify", "verify_ssl") and isinstance(choice.const, int) and choice.const == 0:
            return True
    return False


def _switched_off(event: Stored) -> str | None:
    name = event.name
    if event.how not in ("keyword", "attribute") or name not in _OFF or not _means_off(name, event.value):
        return None
    if event.how == "keyword":
        if _NOT_CONNECTING.search(event.owner):
            return None
        if name == "ssl" and not _CONNECTING_SSL.search(event.owner):
            return None
    elif name in ("ssl", "sslmode"):
        return None
    return f"{name} switches the check of the certificate off."


_CHECK_OFF = "The check of the certificate is switched off."


def _unverified_context(call: Call) -> str | None:
    if call.name in ("_create_unverified_context", "_create_stdlib_context"):
        return f"{call.name}() makes a context that accepts every certificate."
    if call.qual == "ssl.wrap_socket":
        wanted = call.kwargs.get("cert_reqs")
        checked = wanted is not None and wanted.qual.endswith("CERT_REQUIRED")
        return None if checked else "ssl.wrap_socket() checks nothing."
    if call.qual == "ssl.SSLContext":
        protocol = call.argument(0, "protocol")
        if protocol is None or protocol.qual.endswith(("PROTOCOL_TLS", "PROTOCOL_SSLv23")):
            return "This context accepts every certificate until it is told otherwise."
    return _option(call)


def _option(call: Call) -> str | None:
    """The calls by which other libraries are told not to check."""
    first = call.args[0].qual if call.args else ""
    if call.name == "set_verify" and first.endswith("VERIFY_NONE"):
        return _CHECK_OFF
    peer = first.endswith(("SSL_VERIFYPEER", "SSL_VERIFYHOST"))
    if call.name == "setopt" and peer and len(call.args) == 2 and call.args[1].const in (0, False):
        return _CHECK_OFF
    if call.name == "set_option" and call.args and "TLS_NEVER" in call.args[-1].qual:
        return _CHECK_OFF
    return None


def _replaced_context(event: Stored) -> str | None:
    if event.name == "_create_default_https_context" and event.value.qual.endswith(
        "_create_unverified_context"
    ):
        return "From here on every HTTPS connection accepts every certificate."
    return None


def _host_keys(call: Call) -> str | None:
    policy = call.argument(0, "policy")
    name = "" if policy is None else policy.qual.removesuffix("()").rpartition(".")[2]
    if isinstance(policy, Value) and policy.const is not None and name in ("AutoAddPolicy", "WarningPolicy"):
        return "Any machine can pose as the server."
    return None


def _no_known_hosts(event: Stored) -> str | None:
    if event.how == "keyword" and event.name == "known_hosts" and event.value.const is None:
        return "Any machine can pose as the server."
    return None


_OLD = re.compile(
    r"(?:PROTOCOL_|TLSVersion\.|OP_|)(?:SSLv2|SSLv3|TLSv1|TLSv1_1|SSL3|SSLv23_METHOD|TLSv1_METHOD"
    r"|SSLv3_METHOD)$"
)


def _is_old(value: Value) -> bool:
    for choice in value.choices():
        qual = choice.qual
        if ("PROTOCOL_" in qual or "TLSVersion" in qual or "_METHOD" in qual) and _OLD.search(qual):
            return not qual.endswith("PROTOCOL_SSLv23")
    return False


def _old_version(call: Call) -> str | None:
    for value in (*call.args, *call.kwargs.values()):
        if _is_old(value):
            return "This version of TLS or SSL has known attacks."
    return None


def _old_stored(event: Stored) -> str | None:
    if event.how in ("attribute", "default") and event.name != "maximum_version" and _is_old(event.value):
        return "This version of TLS or SSL has known attacks."
    return None


def _cleartext(call: Call) -> str | None:
    if call.is_a("telnetlib.Telnet", "ftplib.FTP", "telnetlib3.open_connection"):
        return f"{call.name} sends everything, passwords too, in clear text."
    return None


_TLS_WORDS = "ssl tls verify check_hostname cert_"

CONNECTION_RULES = (
    Rule(
        id="PB221",
        title="Certificate check switched off",
        cwe=295,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Without the check anyone on the way can pose as the server and read or change everything.",
        fix="Leave verify at its default, or give it the path of your own certificate authority.",
        insecure=(
            "import requests\n\ndef fetch(url):\n    session = requests.Session()\n    session.verify = "
            "False\n"
            "    return session.get(url, timeout=5)\n"
        ),
        secure="import requests\n\ndef fetch(url):\n    session = requests.Session()\n    return "
        "session.get(url, timeout=5)\n",
        watches=(stored(_switched_off, Only(hints=_TLS_WORDS + " sslmode insecure trust_server")),),
    ),
    Rule(
        id="PB222",
        title="TLS context without verification",
        cwe=295,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Such a context accepts every certificate, so anyone on the way can pose as the server.",
        fix="Use ssl.create_default_context().",
        insecure="import ssl\n\ncontext = ssl._create_unverified_context()\n",
        secure="import ssl\n\ncontext = ssl.create_default_context()\n",
        watches=(
            calls(
                "_create_unverified_context _create_stdlib_context wrap_socket SSLContext set_verify "
                "setopt set_option",
                _unverified_context,
            ),
            stored(_replaced_context, Only(needs="_create_default_https_context")),
        ),
    ),
    Rule(
        id="PB223",
        title="Unknown SSH host keys accepted",
        cwe=322,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Anyone on the way can pose as the server when its key is not compared with a known one.",
        fix="Load the known host keys and keep paramiko.RejectPolicy.",
        insecure=(
            "import paramiko\n\nclient = paramiko.SSHClient()\n"
            "client.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n"
        ),
        secure=(
            "import paramiko\n\nclient = paramiko.SSHClient()\nclient.load_system_host_keys()\n"
            "client.set_missing_host_key_policy(paramiko.RejectPolicy())\n"
        ),
        watches=(
            calls("set_missing_host_key_policy", _host_keys),
            stored(_no_known_hosts, Only(needs="known_hosts")),
        ),
    ),
    Rule(
        id="PB224",
        title="Outdated TLS version",
        cwe=327,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="SSL 2 and 3 and TLS 1.0 and 1.1 have known attacks.",
        fix="Use ssl.create_default_context(), which asks for TLS 1.2 or later.",
        insecure="import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n",
        secure="import ssl\n\ncontext = ssl.create_default_context()\ncontext.minimum_version = "
        "ssl.TLSVersion.TLSv1_2\n",
        watches=(
            calls("", _old_version, Only(hints="sslv tlsv1 ssl3")),
            stored(_old_stored, Only(hints="sslv tlsv1 ssl3")),
        ),
    ),
    Rule(
        id="PB225",
        title="Telnet or FTP",
        cwe=319,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Telnet and FTP send everything, passwords too, in clear text.",
        fix="Use SSH, SFTP or HTTPS.",
        insecure="import ftplib\n\ndef listing(host):\n    return ftplib.FTP(host).nlst()\n",
        secure="import ftplib\n\ndef listing(host):\n    return ftplib.FTP_TLS(host).nlst()\n",
        watches=(calls("Telnet FTP open_connection", _cleartext),),
    ),
)
