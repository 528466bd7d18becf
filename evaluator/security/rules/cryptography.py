"""Rules about hashes, ciphers, keys and secrets."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.rule import Rule

CRYPTOGRAPHY_RULES = (
    Rule(
        id="S324",
        title="Weak hash of hashlib",
        cwe=328,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Two inputs with the same MD5 or SHA-1 can be made at will, and passwords are guessed quickly.",
        fix="Use SHA-256, a password hash for passwords, or say usedforsecurity=False for a checksum.",
        insecure="import hashlib\ndef digest(data):\n    return hashlib.md5(data).hexdigest()\n",
        secure="import hashlib\ndef digest(data):\n    return hashlib.sha256(data).hexdigest()\n",
    ),
    Rule(
        id="S303",
        title="Weak hash of a cryptography library",
        cwe=328,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Two inputs with the same MD5 or SHA-1 can be made at will, so a match proves nothing.",
        fix="Use SHA-256 or SHA-3.",
        insecure="from cryptography.hazmat.primitives import hashes\nh = hashes.Hash(hashes.MD5())\n",
        secure="from cryptography.hazmat.primitives import hashes\nh = hashes.Hash(hashes.SHA256())\n",
    ),
    Rule(
        id="S304",
        title="Broken cipher",
        cwe=327,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="DES, RC2, RC4, Blowfish and their like are broken, or their blocks are too short for much data.",
        fix="Use AES-GCM or ChaCha20-Poly1305.",
        insecure="from Crypto.Cipher import DES\ndef cipher(key):\n    return DES.new(key, DES.MODE_CBC)\n",
        secure="from Crypto.Cipher import AES\ndef cipher(key):\n    return AES.new(key, AES.MODE_GCM)\n",
    ),
    Rule(
        id="S305",
        title="ECB mode",
        cwe=327,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Equal blocks of text become equal blocks of cipher text, so its pattern stays visible.",
        fix="Use an authenticated mode such as GCM with a fresh nonce for each message.",
        insecure="from cryptography.hazmat.primitives.ciphers import modes\nmode = modes.ECB()\n",
        secure=(
            "import os\nfrom cryptography.hazmat.primitives.ciphers import modes\n"
            "mode = modes.GCM(os.urandom(12))\n"
        ),
    ),
    Rule(
        id="S505",
        title="Key too short",
        cwe=326,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="RSA and DSA keys under 2048 bits and curves under 224 bits are within reach of attackers.",
        fix="Use 3072 bits or more for RSA, or a curve such as P-256 or Ed25519.",
        insecure=(
            "from cryptography.hazmat.primitives.asymmetric import rsa\n"
            "key = rsa.generate_private_key(public_exponent=65537, key_size=1024)\n"
        ),
        secure=(
            "from cryptography.hazmat.primitives.asymmetric import rsa\n"
            "key = rsa.generate_private_key(public_exponent=65537, key_size=3072)\n"
        ),
    ),
    Rule(
        id="S105",
        title="Password in an assignment",
        cwe=798,
        severity=Severity.MEDIUM,
        confidence=Severity.LOW,
        why="A secret in the source is known to all who can read the source, and is hard to change.",
        fix="Read the secret from the environment or a secret store.",
        insecure="db_password = 'hunter2-hunter2'\n",
        secure="import os\ndb_password = os.environ['DB_PASSWORD']\n",
    ),
    Rule(
        id="S106",
        title="Password in a call",
        cwe=798,
        severity=Severity.MEDIUM,
        confidence=Severity.LOW,
        why="A secret in the source is known to all who can read the source, and is hard to change.",
        fix="Read the secret from the environment or a secret store, and pass it on.",
        insecure="def login(connect):\n    return connect(user='app', password='hunter2-hunter2')\n",
        secure="def login(connect, secret):\n    return connect(user='app', password=secret)\n",
    ),
    Rule(
        id="S107",
        title="Password as a default",
        cwe=798,
        severity=Severity.MEDIUM,
        confidence=Severity.LOW,
        why="A default password works wherever nobody thought of setting another one.",
        fix="Make the argument required.",
        insecure="def login(user, password='hunter2-hunter2'):\n    return user, password\n",
        secure="def login(user, password):\n    return user, password\n",
    ),
)
