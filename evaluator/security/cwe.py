"""The weaknesses that the rules name: CWE id → short title and OWASP category.

Sources: MITRE's list, https://cwe.mitre.org/, and the CWEs that each category of the OWASP Top 10 of 2021
lists, https://owasp.org/Top10/. A weakness that no category lists stands under the one that its listed
parent belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weakness:
    """One entry of the Common Weakness Enumeration."""

    id: int
    title: str
    owasp: str = ""  # "A03 Injection"

    @property
    def label(self) -> str:
        """How it is written: "CWE-89"."""
        return f"CWE-{self.id}"

    @property
    def url(self) -> str:
        """MITRE's page about it."""
        return f"https://cwe.mitre.org/data/definitions/{self.id}.html"


ACCESS = "A01 Broken Access Control"
CRYPTOGRAPHY = "A02 Cryptographic Failures"
INJECTION = "A03 Injection"
DESIGN = "A04 Insecure Design"
CONFIGURATION = "A05 Security Misconfiguration"
AUTHENTICATION = "A07 Identification and Authentication Failures"
INTEGRITY = "A08 Software and Data Integrity Failures"
LOGGING = "A09 Security Logging and Monitoring Failures"
REQUESTS = "A10 Server-Side Request Forgery"

# The titles are shortened: "Improper Neutralization of Special Elements used in …" tells nobody more.
_TABLE: Mapping[str, Mapping[int, str]] = {
    ACCESS: {
        22: "Path traversal",
        377: "Insecure temporary file",
        601: "Open redirect",
        732: "Incorrect permission assignment for critical resource",
    },
    CRYPTOGRAPHY: {
        208: "Observable timing discrepancy",
        319: "Cleartext transmission of sensitive information",
        321: "Use of hard-coded cryptographic key",
        322: "Key exchange without entity authentication",
        323: "Reusing a nonce or key pair in encryption",
        326: "Inadequate encryption strength",
        327: "Broken or risky cryptographic algorithm",
        328: "Use of weak hash",
        329: "Predictable initialization vector with CBC mode",
        338: "Cryptographically weak pseudo-random number generator",
        347: "Improper verification of cryptographic signature",
        916: "Password hash with insufficient computational effort",
    },
    INJECTION: {
        78: "OS command injection",
        79: "Cross-site scripting",
        88: "Argument injection",
        89: "SQL injection",
        90: "LDAP injection",
        94: "Code injection",
        95: "Eval injection",
        113: "HTTP header injection",
        470: "Input chooses the class or code to run",
        643: "XPath injection",
        943: "Query injection of other data stores",
        1336: "Template injection",
    },
    DESIGN: {
        400: "Uncontrolled resource consumption",
        617: "Reachable assertion",
        1333: "Inefficient regular expression",
    },
    CONFIGURATION: {
        489: "Active debug code",
        611: "XML external entity",
        614: "Sensitive cookie without Secure attribute",
        776: "XML entity expansion",
        1327: "Binding to an unrestricted IP address",
    },
    AUTHENTICATION: {
        295: "Improper certificate validation",
        798: "Use of hard-coded credentials",
    },
    INTEGRITY: {502: "Deserialization of untrusted data"},
    LOGGING: {117: "Log injection"},
    REQUESTS: {918: "Server-side request forgery"},
}

WEAKNESSES: Mapping[int, Weakness] = {
    number: Weakness(number, title, category)
    for category, titles in _TABLE.items()
    for number, title in titles.items()
}
