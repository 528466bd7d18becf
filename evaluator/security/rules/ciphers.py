"""Rules about ciphers: broken ones, modes, and what must be fresh for every message."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Level, Value
from evaluator.security.rule import Only, Rule, calls
from evaluator.security.words import words

_WEAK_CIPHERS = words("DES DES3 ARC2 ARC4 RC4 RC2 Blowfish CAST CAST5 IDEA SEED TripleDES XOR")


def _weak_cipher(call: Call) -> str | None:
    parts = call.qual.split(".")
    if call.name == "new" and len(parts) >= 2 and parts[-2] in _WEAK_CIPHERS and "Hash" not in parts:
        return f"{parts[-2]} is broken, or its blocks are too short."
    if call.name in _WEAK_CIPHERS and len(parts) >= 2 and parts[-2] in ("algorithms", "decrepit", "ciphers"):
        return f"{call.name} is broken, or its blocks are too short."
    if call.qual in ("pyDes.des", "pyDes.triple_des"):
        return "DES is broken."
    return None


def _is_aes(call: Call) -> bool:
    return call.name == "new" and call.is_a("AES.new")


def _ecb(call: Call) -> str | None:
    if call.name == "ECB" and call.is_a("modes.ECB"):
        return "ECB shows which blocks of the text are equal."
    if call.name != "new" or ("Cipher" not in call.qual and not _is_aes(call)):
        return None
    mode = call.argument(1, "mode")
    if mode is None:
        return "Without a mode, ECB is used or the call fails." if _is_aes(call) else None
    if any(choice.qual.endswith("MODE_ECB") or choice.const == 1 for choice in mode.choices()):
        return "ECB shows which blocks of the text are equal."
    return None


def _is_fixed(value: Value | None) -> bool:
    """Whether every run would use the same bytes."""
    if value is None:
        return False
    return any(isinstance(c, bytes | str) and len(c) >= 4 for c in value.constants())


def _fixed_iv(call: Call) -> str | None:
    if call.name == "new" and ("Cipher" in call.qual or _is_aes(call)):
        mode = call.argument(1, "mode")
        if mode is None or mode.qual.endswith(("MODE_ECB", "MODE_GCM", "MODE_CTR", "MODE_EAX", "MODE_CCM")):
            return None
        vector = call.argument(2, "iv", "IV")
        if _is_fixed(vector) or _from_key(vector, call.argument(0, "key")):
            return "The initialization vector is the same for every message."
    is_mode = call.name in ("CBC", "CFB", "OFB", "CFB8") and call.is_a("modes." + call.name)
    if is_mode and _is_fixed(call.argument(0, "initialization_vector")):
        return "The initialization vector is the same for every message."
    return None


def _from_key(vector: Value | None, key: Value | None) -> bool:
    if vector is None or key is None or vector.const is not NOTHING:
        return False
    roots = {root.key for root in vector.roots if root.level >= Level.UNKNOWN}
    return vector.qual.endswith("[:]") and bool(roots) and roots <= {root.key for root in key.roots}


def _fixed_nonce(call: Call) -> str | None:
    nonce: Value | None = None
    if call.name == "new" and ("Cipher" in call.qual or _is_aes(call)):
        mode = call.argument(1, "mode")
        counting = mode is not None and mode.qual.endswith(
            ("MODE_GCM", "MODE_CTR", "MODE_EAX", "MODE_CCM", "MODE_OCB")
        )
        stream = call.is_a("ChaCha20.new", "Salsa20.new", "ChaCha20_Poly1305.new")
        nonce = (
            call.kwargs.get("nonce") or (call.argument(2) if counting else None)
            if counting or stream
            else None
        )
    elif call.name in ("GCM", "CTR") and call.is_a("modes." + call.name):
        nonce = call.argument(0, "initialization_vector", "nonce")
    elif call.name == "encrypt" and call.receiver is not None:
        maker = call.receiver.qual.removesuffix("()").rpartition(".")[2]
        nonce = (
            call.argument(0, "nonce")
            if maker in ("AESGCM", "ChaCha20Poly1305", "AESCCM", "AESOCB3")
            else None
        )
    return "The same nonce is used for every message." if _is_fixed(nonce) else None


CIPHER_RULES = (
    Rule(
        id="PB302",
        title="Broken cipher",
        cwe=327,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="DES, RC2, RC4, Blowfish and their like are broken, or their blocks are too short for much data.",
        fix="Use AES-GCM or ChaCha20-Poly1305.",
        insecure="from Crypto.Cipher import DES\n\ndef cipher(key, iv):\n    return DES.new(key, "
        "DES.MODE_CBC, iv)\n",
        secure="from Crypto.Cipher import AES\n\ndef cipher(key):\n    return AES.new(key, AES.MODE_GCM)\n",
        watches=(
            calls(
                "new des triple_des " + " ".join(sorted(_WEAK_CIPHERS)),
                _weak_cipher,
                Only(hints="des arc rc4 rc2 blowfish cast idea seed xor"),
            ),
        ),
    ),
    Rule(
        id="PB303",
        title="ECB mode",
        cwe=327,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Equal blocks of text become equal blocks of cipher text, so its pattern stays visible.",
        fix="Use an authenticated mode such as GCM with a fresh nonce for each message.",
        insecure="from Crypto.Cipher import AES\n\ndef cipher(key):\n    return AES.new(key, AES.MODE_ECB)\n",
        secure=(
            "import os\nfrom cryptography.hazmat.primitives.ciphers import modes\n\nmode = "
            "modes.GCM(os.urandom(12))\n"
        ),
        watches=(calls("ECB new", _ecb, Only(needs="ECB MODE_ECB AES DES DES3")),),
    ),
    Rule(
        id="PB304",
        title="Initialization vector that never changes",
        cwe=329,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Messages that begin alike are encrypted alike, and the first block can be guessed.",
        fix="Draw the vector with os.urandom for every message and send it along.",
        insecure=(
            "from Crypto.Cipher import AES\n\ndef encrypt(key, data):\n    iv = b'\\x00' * 16\n"
            "    return AES.new(key, AES.MODE_CBC, iv).encrypt(data)\n"
        ),
        secure=(
            "import os\nfrom Crypto.Cipher import AES\n\ndef encrypt(key, data):\n    iv = os.urandom(16)\n"
            "    return iv + AES.new(key, AES.MODE_CBC, iv).encrypt(data)\n"
        ),
        watches=(
            calls(
                "new CBC CFB OFB CFB8",
                _fixed_iv,
                Only(needs="MODE_CBC MODE_CFB MODE_OFB MODE_OPENPGP CBC CFB OFB CFB8"),
            ),
        ),
    ),
    Rule(
        id="PB305",
        title="Nonce that never changes",
        cwe=323,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Two messages under the same key and nonce give away both, and the key of the signature.",
        fix="Draw the nonce with os.urandom for every message and send it along.",
        insecure=(
            "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n\ndef encrypt(key, data):\n"
            "    return AESGCM(key).encrypt(b'000000000000', data, None)\n"
        ),
        secure=(
            "import os\nfrom cryptography.hazmat.primitives.ciphers.aead import AESGCM\n\ndef "
            "encrypt(key, data):\n"
            "    nonce = os.urandom(12)\n    return nonce + AESGCM(key).encrypt(nonce, data, None)\n"
        ),
        watches=(
            calls(
                "new GCM CTR encrypt",
                _fixed_nonce,
                Only(
                    needs="MODE_GCM MODE_CTR MODE_EAX MODE_CCM MODE_OCB GCM CTR AESGCM ChaCha20Poly1305 "
                    "AESCCM ChaCha20 Salsa20 ChaCha20_Poly1305 AESOCB3"
                ),
            ),
        ),
    ),
)
