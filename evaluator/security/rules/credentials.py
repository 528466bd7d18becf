"""Rules about secrets in the source: known by their name, their form, or where they are used."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Stored
from evaluator.security.flow.values import NOTHING
from evaluator.security.rule import Only, Rule, calls, stored
from evaluator.security.rules.secret_words import (
    HINTS,
    NAMED,
    is_secret,
    names_a_secret,
    names_secrets,
    texts_of,
)

_WHY = "A secret in the source is known to all who can read the source, and is hard to change."
_FIX = "Read the secret from the environment or a secret store."
_LOGINS = (
    "login connect HTTPBasicAuth HTTPDigestAuth HTTPProxyAuth BasicAuth set_password create_user authenticate"
)
# Position of the password among the arguments of calls that take it without a name.
_POSITIONS = {
    "login": 1,
    "HTTPBasicAuth": 1,
    "HTTPDigestAuth": 1,
    "HTTPProxyAuth": 1,
    "BasicAuth": 1,
    "set_password": 0,
    "authenticate": 1,
}
_DATABASES = (
    "MySQLdb.connect",
    "pymysql.connect",
    "mysql.connector.connect",
    "cx_Oracle.connect",
    "oracledb.connect",
)
_ENVIRONMENT = (
    "os.getenv",
    "os.environ.get",
    "os.environ.setdefault",
    "environ.get",
    "getenv",
    "config",
    "env",
    "getpass.getpass",
)
_AUTHORIZATION = frozenset(
    {"authorization", "x-api-key", "x-auth-token", "api-key", "x-access-token", "x-api-token"}
)


def _named(event: Stored) -> str | None:
    if event.how == "compare" or event.owner.endswith(("getpass", "argparse", "add_argument")):
        return None
    if event.name.lower() in _AUTHORIZATION and event.how == "item":
        texts = [text.partition(" ")[2] or text for text in texts_of(event.value)]
        return (
            "A token is written into the source." if any(is_secret("token", text) for text in texts) else None
        )
    if names_secrets(event.name) and event.value.mapping:
        values = event.value.mapping.values()
        if any(is_secret("password", text) for value in values for text in texts_of(value)):
            return f"{event.name} are constants in the source."
    if not names_a_secret(event.name):
        return None
    for text in texts_of(event.value):
        if is_secret(event.name, text):
            return f"{event.name} is a constant in the source."
    return None


def _compared(event: Stored) -> str | None:
    if event.how != "compare" or not names_a_secret(event.name):
        return None
    values = event.value.items if event.value.items is not None else (event.value,)
    if any(is_secret(event.name, text) for value in values for text in texts_of(value)):
        return f"{event.name} is compared with a constant in the source."
    return None


def _given(call: Call) -> str | None:
    position = _POSITIONS.get(call.name)
    if call.name == "connect" and call.is_a(*_DATABASES):
        position = 2
    secret = None if position is None else call.argument(position)
    if secret is not None and any(is_secret("password", text) for text in texts_of(secret)):
        return f"{call.name}() is given a password that is written into the source."
    return None


def _pair(event: Stored) -> str | None:
    if event.how != "keyword" or event.name not in ("auth", "basic_auth", "http_auth", "credentials"):
        return None
    items = event.value.items or ()
    if len(items) == 2 and any(is_secret("password", text) for text in texts_of(items[1])):
        return "A user's password is written into the source."
    return None


def _fallback(call: Call) -> str | None:
    name, default = call.constant(0, "key"), call.argument(1, "default")
    if (
        not isinstance(name, str)
        or default is None
        or not call.is_a(*_ENVIRONMENT)
        or not names_a_secret(name)
    ):
        return None
    if any(is_secret(name, text) for text in texts_of(default)):
        return f"Where {name} is not set, a constant of the source is used."
    return None


def _signing_key(call: Call) -> str | None:
    positions = {
        "new": 0,
        "Fernet": 0,
        "MultiFernet": 0,
        "AESGCM": 0,
        "ChaCha20Poly1305": 0,
        "AES": 0,
        "AESCCM": 0,
    }
    positions |= {"URLSafeTimedSerializer": 0, "URLSafeSerializer": 0, "Serializer": 0, "TimestampSigner": 0}
    positions |= {
        "TimedJSONWebSignatureSerializer": 0,
        "SecureCookie": 1,
        "digest": 0,
        "Signer": 0,
        "TripleDES": 0,
    }
    if call.name == "new" and not (
        call.qual == "hmac.new" or ".Cipher." in call.qual or call.is_a("HMAC.new")
    ):
        return None
    if call.name == "digest" and call.qual != "hmac.digest":
        return None
    if call.name in ("AES", "TripleDES") and not call.is_a("algorithms.AES", "algorithms.TripleDES"):
        return None
    key = call.argument(positions.get(call.name, 0), "key", "secret_key")
    if key is None:
        return None
    if any(isinstance(c, str | bytes) and len(c) >= 4 for c in key.constants()):
        return "The key is a constant in the source."
    return None


def _crypto_key(event: Stored) -> str | None:
    """`key = b"sixteen byte key"`: bytes of a key's length under the name of a key."""
    if event.how not in ("assign", "attribute", "default") or event.value.const is NOTHING:
        return None
    name = event.name.lower()
    value = event.value.const
    if not isinstance(value, bytes) or len(value) not in (8, 16, 24, 32, 44):
        return None
    fits = name == "key" or name.endswith("_key") or name.startswith("key_") or name in ("aeskey", "k")
    return f"{event.name} is a constant in the source." if fits else None


CREDENTIAL_RULES = (
    Rule(
        id="PB201",
        title="Password or token in the source",
        cwe=798,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why=_WHY,
        fix=_FIX,
        insecure="settings = {'user': 'app', 'password': 'hunter2-hunter2'}\n",
        secure="import os\n\nsettings = {'user': 'app', 'password': os.environ['DB_PASSWORD']}\n",
        watches=(
            stored(_named, Only(hints=HINTS, text=NAMED)),
            stored(_pair, Only(hints="auth credentials")),
        ),
    ),
    Rule(
        id="PB203",
        title="Password compared with a constant",
        cwe=798,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Whoever reads the source can log in, and nobody can change the password without a new version.",
        fix="Keep a salted hash of the password outside of the source and compare with that.",
        insecure="def login(user, password):\n    return user == 'admin' and password == 'hunter2'\n",
        secure=(
            "import bcrypt\n\ndef login(user, password):\n"
            "    return bcrypt.checkpw(password.encode(), user.password_hash)\n"
        ),
        watches=(stored(_compared, Only(hints=HINTS, text=NAMED)),),
    ),
    Rule(
        id="PB204",
        title="Password given to a login",
        cwe=798,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why=_WHY,
        fix=_FIX,
        insecure="import smtplib\n\nserver = smtplib.SMTP('mail.example.org')\nserver.login('app', "
        "'hunter2-hunter2')\n",
        secure=(
            "import os\nimport smtplib\n\nserver = smtplib.SMTP('mail.example.org')\n"
            "server.login('app', os.environ['MAIL_PASSWORD'])\n"
        ),
        watches=(calls(_LOGINS, _given),),
    ),
    Rule(
        id="PB205",
        title="Secret with a default in the source",
        cwe=798,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="A default secret works wherever nobody thought of setting another one.",
        fix="Stop where the secret is missing: os.environ['NAME'] raises.",
        insecure="import os\n\nkey = os.environ.get('SECRET_KEY', 'dev-5up3r-key')\n",
        secure="import os\n\nkey = os.environ['SECRET_KEY']\n",
        watches=(
            calls("getenv get setdefault config env", _fallback, Only(needs="os environ getenv config env")),
        ),
    ),
    Rule(
        id="PB206",
        title="Cryptographic key in the source",
        cwe=321,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Whoever reads the source can decrypt or sign everything that this key protects.",
        fix="Keep keys in the environment or a key store, and make them with secrets.token_bytes.",
        insecure="import hmac\n\ndef sign(text):\n    return hmac.new(b'my signing key', text, "
        "'sha256').hexdigest()\n",
        secure=(
            "import hmac\nimport os\n\ndef sign(text):\n"
            "    return hmac.new(os.environb[b'SIGNING_KEY'], text, 'sha256').hexdigest()\n"
        ),
        watches=(
            calls(
                "new digest Fernet AESGCM AESCCM ChaCha20Poly1305 AES TripleDES URLSafeTimedSerializer "
                "URLSafeSerializer"
                " Serializer TimestampSigner TimedJSONWebSignatureSerializer",
                _signing_key,
            ),
            stored(
                _crypto_key,
                Only(needs="AES DES DES3 Fernet Cipher AESGCM hmac Blowfish ARC4 encrypt decrypt"),
            ),
        ),
    ),
)
