"""The weaknesses that the rules name: CWE id → short title. Source: MITRE's list, https://cwe.mitre.org/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weakness:
    """One entry of the Common Weakness Enumeration."""

    id: int
    title: str

    @property
    def label(self) -> str:
        """How it is written: "CWE-89"."""
        return f"CWE-{self.id}"

    @property
    def url(self) -> str:
        """MITRE's page about it."""
        return f"https://cwe.mitre.org/data/definitions/{self.id}.html"


# The titles are shortened: "Improper Neutralization of Special Elements used in …" tells nobody more.
_TITLES = {
    22: "Path traversal",
    78: "OS command injection",
    79: "Cross-site scripting",
    88: "Argument injection",
    89: "SQL injection",
    94: "Code injection",
    95: "Eval injection",
    295: "Improper certificate validation",
    319: "Cleartext transmission of sensitive information",
    322: "Key exchange without entity authentication",
    326: "Inadequate encryption strength",
    327: "Broken or risky cryptographic algorithm",
    328: "Use of weak hash",
    377: "Insecure temporary file",
    400: "Uncontrolled resource consumption",
    489: "Active debug code",
    502: "Deserialization of untrusted data",
    732: "Incorrect permission assignment for critical resource",
    776: "XML entity expansion",
    798: "Use of hard-coded credentials",
    1327: "Binding to an unrestricted IP address",
}

WEAKNESSES: Mapping[int, Weakness] = {number: Weakness(number, title) for number, title in _TITLES.items()}
