"""Rules about keys and secrets: how long they are, and whether they can be guessed."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Stored
from evaluator.security.rule import Only, Rule, calls, stored
from evaluator.security.words import words

_KEY_CALLS = (
    "generate generate_private_key generate_parameters newkeys RSA DSA gen_key generate_key construct"
)
_WEAK_CURVES = words("SECP192R1 SECT163K1 SECT163R2 SECP160R1 PrimeCurve192 P-192 p192 NIST192p secp192r1")


def _short_key(call: Call) -> str | None:
    if call.is_a("RSA.generate", "DSA.generate", "rsa.newkeys", "ElGamal.generate"):
        sizes = call.argument(0, "bits", "nbits")
    elif call.name in ("generate_private_key", "generate_parameters"):
        sizes = call.kwargs.get("key_size") or call.argument(0 if ".dsa." in call.qual else 1)
        curve = call.argument(0, "curve")
        if curve is not None and curve.qual.removesuffix("()").rpartition(".")[2] in _WEAK_CURVES:
            return "The curve is too short."
    elif call.name == "generate_key" and len(call.args) == 2:
        sizes = call.args[1]  # pyOpenSSL's PKey
    else:
        curve = call.kwargs.get("curve")
        return "The curve is too short." if curve is not None and curve.const in _WEAK_CURVES else None
    for size in [] if sizes is None else sizes.constants():
        if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 2048:
            return f"A key of {size} bits is within reach of attackers."
    return None


_SECRET_TARGET = re.compile(
    r"pass|pwd|secret|token|otp|salt|nonce|csrf|session|api_?key|(?:^|_)key$|(?:^|_)pin(?:_|$)|(?:reset"
    r"|verification"
    r"|verify|confirm\w*|activation|invite|recovery|backup|auth|access|security|login|sms|one_time|mfa"
    r"|2fa)_?(?:code|key|id|link|number|string)"
    r"|captcha|(?:^|[_ ])sid$|(?:send|generate|create|make|new|get|issue)_(?:\w{1,20}_)?code|credential"
    r"|(?:^|_)iv$|coupon|voucher|cookie|signature|challenge|license",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"^(?:random|numpy\.random|random\.Random\(\)|numpy\.random\.RandomState\(\))\.\w+$")
_RANDOM_CALLS = (
    "random randint choice choices randrange getrandbits sample shuffle uniform randbytes rand seed "
    "integers bytes"
)


def _random_secret(call: Call) -> str | None:
    if not _RANDOM.match(call.qual) or call.name == "seed":
        return None
    camel = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"{call.function.name} {call.target}")
    if _SECRET_TARGET.search(camel):
        return f"{call.qual}() makes a secret, and whoever sees some of its numbers knows the next ones."
    return None


def _random_stored(event: Stored) -> str | None:
    if event.how == "compare" or not _SECRET_TARGET.search(event.name):
        return None
    for value in (event.value, *event.value.inner()):
        if _RANDOM.match(value.qual.removesuffix("()")) or value.qual == "uuid.uuid1()":
            return f"{event.name} is made with numbers that can be guessed."
    return None


KEY_RULES = (
    Rule(
        id="PB306",
        title="Key too short",
        cwe=326,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="RSA and DSA keys under 2048 bits and curves under 224 bits are within reach of attackers.",
        fix="Use 3072 bits or more for RSA, or a curve such as P-256 or Ed25519.",
        insecure=(
            "from cryptography.hazmat.primitives.asymmetric import rsa\n\nBITS = 1024\n"
            "key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)\n"
        ),
        secure=(
            "from cryptography.hazmat.primitives.asymmetric import rsa\n\nBITS = 3072\n"
            "key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)\n"
        ),
        watches=(
            calls(
                _KEY_CALLS,
                _short_key,
                Only(needs="RSA DSA rsa dsa dh ec ECC ElGamal generate_private_key newkeys PKey SigningKey"),
            ),
        ),
    ),
    Rule(
        id="PB307",
        title="Secret from an ordinary random number",
        cwe=338,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The random module is made for simulations: from some of its numbers all later ones follow.",
        fix="Use the secrets module.",
        insecure=(
            "import random\nimport string\n\ndef new_token():\n"
            "    return ''.join(random.choice(string.hexdigits) for _ in range(32))\n"
        ),
        secure="import secrets\n\ndef new_token():\n    return secrets.token_hex(16)\n",
        watches=(
            calls(
                _RANDOM_CALLS,
                _random_secret,
                Only(needs="random np numpy randint choice choices getrandbits"),
            ),
            stored(_random_stored, Only(needs="random uuid1 np numpy randint getrandbits")),
        ),
    ),
)
