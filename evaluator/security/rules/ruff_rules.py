"""Rules that ruff finds well: rare calls that need no look at where values come from.

What our own rules cover is not asked of ruff: one finding of one thing, and ours knows more of the values.
Never asked for, either: what says nothing about security in such programs (S101, S110, S112), and what marks
a use as such, right or wrong (S603, S606, S607, S310, S311, S702, S4xx).
"""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.rule import Rule

RUFF_RULES = (
    Rule(
        id="S612",
        title="Logging configuration from the network",
        cwe=94,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The listener evaluates parts of what it receives, so whoever reaches its port runs code.",
        fix="Load the logging configuration from a file with logging.config.dictConfig.",
        insecure="import logging.config\nserver = logging.config.listen(9999)\n",
        secure="import logging.config\nlogging.config.dictConfig({'version': 1})\n",
    ),
    Rule(
        id="S609",
        title="Wildcard in a shell command",
        cwe=88,
        severity=Severity.LOW,
        confidence=Severity.MEDIUM,
        why="A file whose name starts with a dash is taken for an option of the command.",
        fix="List the files in Python, and put -- before them.",
        insecure="import os\nos.system('/bin/tar cf backup.tar *')\n",
        secure="import os\nos.system('/bin/tar cf backup.tar -- ./data')\n",
    ),
    Rule(
        id="S508",
        title="SNMP version 1 or 2",
        cwe=319,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="These versions send the community string, their only password, in clear text.",
        fix="Use SNMPv3 with authentication and encryption.",
        insecure="from pysnmp.hlapi import CommunityData\nauth = CommunityData('public', mpModel=0)\n",
        secure="from pysnmp.hlapi import UsmUserData\ndef auth(a, p):\n    return UsmUserData('ops', a, p)\n",
    ),
    Rule(
        id="S509",
        title="SNMPv3 without encryption",
        cwe=319,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Without a privacy key everything is sent in clear text.",
        fix="Give UsmUserData an authentication key and a privacy key.",
        insecure="from pysnmp.hlapi import UsmUserData\nauth = UsmUserData('ops')\n",
        secure="from pysnmp.hlapi import UsmUserData\ndef auth(a, p):\n    return UsmUserData('ops', a, p)\n",
    ),
)
_WORDS = re.compile(
    r"\blisten\s*\(|CommunityData|UsmUserData|\.(?:system|popen|run|call|Popen|check_\w+)\([^\n]*\*"
)


# The same in a form that is quickly looked for.
_PIECES = ("listen", "Data(", "system(", "popen(", ".run(", ".call(", "Popen(", "check_")


def may_concern_ruff(source: str) -> bool:
    """Whether a program could have one of these findings; most are never handed to ruff."""
    return any(piece in source for piece in _PIECES) and _WORDS.search(source) is not None
