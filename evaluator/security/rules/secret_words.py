"""Which names stand for secrets, which texts are secrets, and which only look like them."""

from __future__ import annotations

import re
from typing import Final

from evaluator.security.flow.values import Value

HINTS: Final = (
    "passw pwd _pass pass_ admin_pin passphrase passcode secret token api_key apikey api-key access_key "
    "accesskey private_key auth credential"
)
# A name like that, given or compared with something.
NAMED: Final = (
    r"(?:pass|pwd|admin_pin|secret|token|api[-_]?key|access_?key|private_?key|auth|credential|[-_]?key)\w{0,40}"
    r"['\"\])\s]{0,6}(?:[:=,]|!=|in\b|or\b)|==\s*[\w.]{0,60}(?:pass|pwd|secret|token|key)"
)
FORMS: Final = (
    "akia asia ghp_ gho_ ghu_ ghs_ github_pat sk_live sk_test sk- rk_live xox aiza private sg. glpat "
    "key- :// passw pwd= accountkey accesskey eyj npm_ ya29 pypi- dop_v1 hooks.slack"
)
FORMED: Final = (
    r"(?:akia|asia)\w{16}|gh[pousr]_|github_pat_|[srp]k_(?:live|test)_|sk-|xox[abprs]-|aiza|sg\.|glpat-"
    r"|npm_|key-[0-9a-f]{32}"
    r"|ya29\.|dop_v1_|pypi-|eyj[\w-]{8,}\.eyj|private key|hooks\.slack|[a-z]://[^\s/@]{0,60}:[^\s/@]{1,80}@"
    r"|(?:passw\w*|pwd|accountkey|sharedaccesskey)\s*="
)

# Split at capitals too: "apiKey" → "api_key".
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET_NAME = re.compile(
    r"(?:^|[_\W])(?:pass|passwd|passw|password|passwort|pwd|passphrase|passcode|secret|token|credentials?"
    r"|api_?key|apikey|access_?key|secret_?key|private_?key|auth_?key|signing_?key|encryption_?key"
    r"|master_?key"
    r"|auth_?token|jwt_?key|client_?secret|hmac_?key|license_?key|admin_?pin|aws_?key|crypto_?key)"
    r"(?:[_\W]?(?:\d{1,2}|value|text|plain|str|default|root|admin|db|prod|production|dev|key|id_secret))?$",
    re.IGNORECASE,
)
# A name with one of these speaks of a secret but doesn't hold it.
_ABOUT_SECRETS = re.compile(
    r"(?:^|_)(?:hash|hashed|hasher|url|uri|field|label|name|names|column|regex|pattern|re|path|file|dir"
    r"|type|types|kind"
    r"|header|prompt|hint|message|msg|error|input|length|len|min|max|count|format|prefix|suffix|env|var"
    r"|policy|rules"
    r"|reset|placeholder|expiry|expires|id|index|list|separator|delimiter|sep|chars|alphabet|charset|template"
    r"|validator|strength|scheme|algorithm|salt|next|prev|current|last|first|end|start|eos|bos|pad|unk"
    r"|mask|cls)(?:_|$)",
    re.IGNORECASE,
)
_KEY_NAME = re.compile(r"secret_?key|password", re.IGNORECASE)
_STRONG_NAME = re.compile(
    r"admin_?pin|pass|pwd|secret|credential|private|api_?key|access_?key", re.IGNORECASE
)

_PLACEHOLDER = re.compile(
    r"^(?:|x+|\*+|\.+|-+|_+|0+|none|null|nil|undefined|true|false|unknown|n/?a|todo|fixme|tbd|empty"
    r"|redacted|removed"
    r"|hidden|pass|token|key|string|str|text|value|example|sample|dummy|fake|foo|bar|baz"
    r"|placeholder|change[-_ ]?me|replace[-_ ]?me|insert[-_ ].*|put[-_ ].*[-_ ]here|your[-_ ].*"
    r"|my[-_ ](?:password|secret"
    r"|token|api[-_ ]?key)|<.*>|\{.*\}|\$.*|%.*|\[.*\]|enter .*|please .*|.*[-_ ]here|vault:.*|env:.*"
    r"|ENC\(.*|\(.*\)|the[-_ ].*|bearer|basic|digest|api[-_]?key|access[-_]?token|refresh[-_]?token"
    r"|auth[-_]?token"
    r"|csrf[-_]?token|id[-_]?token|session|user(?:name)?|email|login)$",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(r"\s\S+\s\S+|[.!?:]\s|:\s*$|[\n\r]")
_REFERENCE = re.compile(
    r"^(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|[a-z_]+\.[a-z_]+(?:\.[a-z_]+)*|/[\w./-]+|https?://[^@]*"
    r"|[\w.-]+\.(?:txt|json|ya?ml|pem|key|env|cfg|ini))$"
)
_ENTROPY = re.compile(r"(?=.*\d)(?=.*[A-Za-z])|[^\w\s].*[A-Za-z0-9]|[A-Z].*[a-z].*[A-Z]|[a-z]-[a-z]")

_KNOWN_FORMS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}|sk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AIza[0-9A-Za-z_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|npm_[A-Za-z0-9]{30,}"
    r"|key-[0-9a-f]{32}|ya29\.[A-Za-z0-9_-]{20,}|dop_v1_[0-9a-f]{40,}|pypi-[A-Za-z0-9_-]{40,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"
    r"|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/\w+"
    r"|(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20,}"
)
_URL_LOGIN = re.compile(r"[a-z][a-z0-9+.-]{1,30}://[^\s:/@'\"{}]{0,60}:([^\s/@'\"]{1,80})@[^\s'\"]")
_CONNECTION_TEXT = re.compile(
    r"(?:^|[;\s,])(?:password|pwd|passwd)\s*=\s*([^;\s'\"{}%&]{2,60})(?=[;\s'\",]|$)", re.IGNORECASE
)
_CONNECTION_OTHER = re.compile(
    r"(?:^|[;\s])(?:user|uid|user id|host|server|dbname|database|driver|data source)\s*=", re.IGNORECASE
)
_LONGEST = 4096


def names_a_secret(name: str) -> bool:
    """Whether what has this name is expected to be a secret: "db_password", "apiKey"."""
    plain = _CAMEL.sub("_", name[:100]).replace("-", "_")
    return _SECRET_NAME.search(plain) is not None and _ABOUT_SECRETS.search(plain) is None


_SECRETS_NAME = re.compile(
    r"(?:^|_)(?:credentials?|passwords?|passwds?|pwds?|logins?|secrets|api_?keys|user_?passwords?)(?:_\w{1,10})?$",
    re.IGNORECASE,
)


def names_secrets(name: str) -> bool:
    """Whether what has this name is expected to hold secrets by user: "credentials", "PASSWORDS"."""
    return _SECRETS_NAME.search(_CAMEL.sub("_", name[:100])) is not None and not _ABOUT_SECRETS.search(name)


def is_secret(name: str, text: str) -> bool:
    """Whether this text under this name is a secret, and no placeholder, sentence or name of one."""
    if not 3 <= len(text) <= _LONGEST or _PLACEHOLDER.match(text) or _SENTENCE.search(text):
        return False
    if _REFERENCE.match(text) or text.strip().lower() in (name.lower(), name.lower().replace("_", "-")):
        return False
    if has_known_form(text):
        return True
    if _STRONG_NAME.search(name):
        is_long = len(text) >= 4 or any(c.isdigit() for c in text) or _KEY_NAME.search(name) is not None
        return text.strip() == text and is_long
    return len(text) >= 8 and _ENTROPY.search(text) is not None


def has_known_form(text: str) -> bool:
    """Whether it has the form of a key that some service gives out."""
    return len(text) <= 4 * _LONGEST and _KNOWN_FORMS.search(text) is not None


def login_in_url(text: str) -> bool:
    """Whether an address or connection text holds a password that is no placeholder."""
    if len(text) > _LONGEST:
        return False
    for match in _URL_LOGIN.finditer(text):
        if _is_real(match[1]):
            return True
    if _CONNECTION_OTHER.search(text) is None:
        return False
    return any(_is_real(match[1]) for match in _CONNECTION_TEXT.finditer(text))


_STANDING_FOR_PASSWORDS = re.compile(
    r"^(?:<.*|\{.*|\$.*|%.*|\*+|x+|\[.*|your.*|:.*|\?|\.\.\.)$", re.IGNORECASE
)


def _is_real(password: str) -> bool:
    return _STANDING_FOR_PASSWORDS.match(password) is None


def texts_of(value: Value) -> list[str]:
    """The texts, also of bytes, that a value may be."""
    found = [c.decode("latin-1") if isinstance(c, bytes) else c for c in value.constants()]
    return [text for text in found if isinstance(text, str)]
