"""Rules about hashes: broken ones, quick ones for passwords, and how signatures are compared."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Compared
from evaluator.security.flow.values import NOTHING, Value
from evaluator.security.rule import Only, Rule, calls, compared
from evaluator.security.words import words

_WEAK_HASHES = words("md2 md4 md5 sha sha1 sha-1 ripemd160")
_HASH_HOMES = re.compile(
    r"^(?:hashlib|Crypto\.Hash|cryptography\.hazmat\.primitives\.hashes|hashes|passlib\.hash|Hash)\b"
)


def _is_weak_hash(name: object) -> bool:
    return isinstance(name, str) and name.lower().replace("_", "-") in _WEAK_HASHES


def _weak_hash(call: Call) -> str | None:
    flag = call.kwargs.get("usedforsecurity")
    if flag is not None and flag.const is False:
        return None
    if call.qual in ("hashlib.new", "hmac.new", "hmac.digest", "hashlib.pbkdf2_hmac", "hashlib.file_digest"):
        position = {"hashlib.new": 0, "hashlib.pbkdf2_hmac": 0, "hashlib.file_digest": 1}.get(call.qual, 2)
        chosen = call.argument(position, "name", "digestmod", "hash_name", "digest")
        names = (
            []
            if chosen is None
            else [*chosen.constants(), *(c.qual.rpartition(".")[2] for c in chosen.choices())]
        )
        weak = next((name for name in names if _is_weak_hash(name)), None)
        if weak is None or (call.qual == "hashlib.pbkdf2_hmac" and weak != "md5"):
            return None
        return f"{weak} is broken."
    if call.name == "new":
        module = call.qual.split(".")[-2] if "." in call.qual else ""
        if _HASH_HOMES.search(call.qual) and _is_weak_hash(
            module.removesuffix("1").lower() + "1" * module.endswith("1")
        ):
            return f"{module} is broken."
        return None
    if _is_weak_hash(call.name) and _HASH_HOMES.search(call.qual):
        return f"{call.name} is broken."
    if call.is_a(
        "passlib.hash.md5_crypt.hash", "hash.md5_crypt.hash", "hash.sha1_crypt.hash", "hash.des_crypt.hash"
    ):
        return "This password hash is broken."
    return None


def _few_rounds(call: Call) -> str | None:
    if call.is_a("hashlib.pbkdf2_hmac", "pbkdf2_hmac"):
        rounds = call.constant(3, "iterations")
    elif call.name == "PBKDF2HMAC":
        rounds = call.kwargs.get("iterations", Value()).const
    elif call.name == "PBKDF2":
        rounds = call.constant(3, "count", "iterations")
        rounds = 1000 if rounds is NOTHING and len(call.args) < 4 else rounds
    elif call.is_a("bcrypt.gensalt"):
        rounds = call.constant(0, "rounds")
        return (
            "Few rounds: passwords are guessed quickly." if isinstance(rounds, int) and rounds < 10 else None
        )
    else:
        return None
    if isinstance(rounds, int) and rounds < 100_000:
        return f"Only {rounds:,} rounds: passwords are guessed quickly."
    return None


def _timing(event: Compared) -> str | None:
    if not event.equality:
        return None
    for value in (event.left, event.right):
        maker = value.qual
        if maker.startswith(("hmac.new()", "Crypto.Hash.HMAC.new()")) and maker.endswith(
            ("digest()", "digest")
        ):
            return "Comparing with == takes longer the more of the signature is right."
    return None


HASH_RULES = (
    Rule(
        id="PB301",
        title="Broken hash",
        cwe=328,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Two inputs with the same MD5 or SHA-1 can be made at will, and passwords are guessed quickly.",
        fix="Use SHA-256, a password hash for passwords, or say usedforsecurity=False for a checksum.",
        insecure="import hashlib\n\ndef digest(data):\n    return hashlib.md5(data).hexdigest()\n",
        secure="import hashlib\n\ndef digest(data):\n    return hashlib.sha256(data).hexdigest()\n",
        watches=(
            calls(
                "md5 sha1 new digest pbkdf2_hmac file_digest MD5 SHA1 hash md4",
                _weak_hash,
                Only(hints="md2 md4 md5 sha ripemd160 des_crypt"),
            ),
        ),
    ),
    Rule(
        id="PB308",
        title="Password hash with few rounds",
        cwe=916,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="The rounds are what makes each guess of a password slow.",
        fix="Use 600,000 rounds of PBKDF2 with SHA-256, or scrypt, argon2 or bcrypt.",
        insecure=(
            "import hashlib\n\ndef protect(password, salt):\n"
            "    return hashlib.pbkdf2_hmac('sha256', password, salt, 1000)\n"
        ),
        secure=(
            "import hashlib\n\ndef protect(password, salt):\n"
            "    return hashlib.pbkdf2_hmac('sha256', password, salt, 600_000)\n"
        ),
        watches=(calls("pbkdf2_hmac PBKDF2HMAC PBKDF2 gensalt", _few_rounds),),
    ),
    Rule(
        id="PB309",
        title="Signature compared with ==",
        cwe=208,
        severity=Severity.LOW,
        confidence=Severity.HIGH,
        why="The comparison ends at the first wrong byte, and its time tells how far that was.",
        fix="Use hmac.compare_digest.",
        insecure=(
            "import hmac\n\ndef is_genuine(key, text, signature):\n"
            "    return hmac.new(key, text, 'sha256').hexdigest() == signature\n"
        ),
        secure=(
            "import hmac\n\ndef is_genuine(key, text, signature):\n"
            "    wanted = hmac.new(key, text, 'sha256').hexdigest()\n    return "
            "hmac.compare_digest(wanted, signature)\n"
        ),
        watches=(compared(_timing, Only(needs="hmac HMAC")),),
    ),
)
