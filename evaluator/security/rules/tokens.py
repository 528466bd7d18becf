"""Rules about JSON Web Tokens: how they are signed and whether anybody checks."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Value
from evaluator.security.rule import Only, Rule, calls


def _is_jwt(call: Call) -> bool:
    return call.is_a(
        f"jwt.{call.name}", f"JWT.{call.name}", f"jws.{call.name}", f"JsonWebToken().{call.name}"
    ) or (call.receiver is not None and call.receiver.qual in ("jwt.PyJWT()", "jwt", "jose.jwt"))


def _is_none(value: Value | None) -> bool:
    if value is None:
        return False
    values = value.items if value.items is not None else value.choices()
    return any(isinstance(v.const, str) and v.const.lower() == "none" for v in values)


def _unverified(call: Call) -> str | None:
    if call.name in ("get_unverified_claims",) and call.is_a(f"jwt.{call.name}", f"jws.{call.name}"):
        return f"{call.name}() believes a token that nobody has checked."
    if call.name != "decode" or not _is_jwt(call):
        return None
    verify = call.argument(2, "verify")
    if verify is not None and verify.const is False:
        return "The signature of the token is not checked."
    options = call.kwargs.get("options")
    for choice in [] if options is None else options.choices():
        mapping = choice.mapping or {}
        for name in ("verify_signature", "verify_exp", "require_exp"):
            if name in mapping and mapping[name].const is False and name != "require_exp":
                return (
                    "The signature of the token is not checked." if "sig" in name else "Tokens never run out."
                )
    algorithms = call.argument(2, "algorithms", "algorithm")
    if _is_none(algorithms):
        return "Tokens without a signature are taken."
    if algorithms is not None and any(
        "unverified_header" in v.qual for v in [algorithms, *algorithms.inner()]
    ):
        return "The token itself chooses how it is checked."
    key = call.argument(1, "key")
    checks_elsewhere = options is not None and not options.mapping
    if (
        key is not None
        and algorithms is None
        and not checks_elsewhere
        and "claims_options" not in call.kwargs
    ):
        return "Without a list of algorithms the token itself chooses how it is checked."
    if (
        key is None
        and options is None
        and algorithms is None
        and len(call.args) == 1
        and call.qual == "jwt.decode"
    ):
        return "The token is decoded without a key, and so without a check."
    return None


def _unsigned(call: Call) -> str | None:
    if call.name != "encode" or not _is_jwt(call):
        return None
    algorithm = call.argument(2, "algorithm")
    if algorithm is not None and (_is_none(algorithm) or algorithm.const is None):
        return "The token is not signed."
    return None


def _literal_key(call: Call) -> str | None:
    if call.name not in ("encode", "decode") or not _is_jwt(call):
        return None
    key = call.argument(1, "key")
    if key is None:
        return None
    if any(
        isinstance(c, str | bytes) and len(c) > 0 and b"PUBLIC KEY" not in _bytes(c) for c in key.constants()
    ):
        return (
            "The key of the token is a constant in the source."
            if key.const is not NOTHING or key.options
            else None
        )
    return None


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "replace") if isinstance(text, str) else text


TOKEN_RULES = (
    Rule(
        id="PB211",
        title="Token that nobody checks",
        cwe=347,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Anyone can write such a token, with whatever name and rights in it.",
        fix="Decode with the key and algorithms=['HS256'], or the one that you sign with.",
        insecure=(
            "import jwt\n\ndef user_of(token):\n"
            "    return jwt.decode(token, options={'verify_signature': False})['user']\n"
        ),
        secure="import jwt\n\ndef user_of(token, key):\n    return jwt.decode(token, key, "
        "algorithms=['HS256'])['user']\n",
        watches=(calls("decode get_unverified_claims", _unverified, Only(hints="jwt jose jws")),),
    ),
    Rule(
        id="PB212",
        title="Token without a signature",
        cwe=347,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Anyone can change what is in the token.",
        fix="Sign with HS256 and a key of 32 bytes or more, or with RS256 or EdDSA.",
        insecure="import jwt\n\ndef issue(user):\n    return jwt.encode({'user': user}, None, "
        "algorithm='none')\n",
        secure="import jwt\n\ndef issue(user, key):\n    return jwt.encode({'user': user}, key, "
        "algorithm='HS256')\n",
        watches=(calls("encode", _unsigned, Only(hints="jwt jose jws")),),
    ),
    Rule(
        id="PB213",
        title="Token signed with a constant",
        cwe=798,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Whoever reads the source can sign tokens for every user.",
        fix="Read the key from the environment or a key store.",
        insecure=(
            "import jwt\n\ndef issue(user):\n    return jwt.encode({'user': user}, 'signed', "
            "algorithm='HS256')\n"
        ),
        secure=(
            "import os\nimport jwt\n\ndef issue(user):\n"
            "    return jwt.encode({'user': user}, os.environ['JWT_KEY'], algorithm='HS256')\n"
        ),
        watches=(calls("encode decode", _literal_key, Only(hints="jwt jose jws")),),
    ),
)
