"""Keys of model servers: encrypted where they lie, opened only where a request is made of them.

The encryption key follows from settings.SECRET_KEY, and from SECRET_KEY_FALLBACKS for what was encrypted
before it was changed. Whoever reads the database without the settings reads no key.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from leaderboard.errors import Refused, SecretLost
from leaderboard.models import ServerKey

# Another use of the site's secret would name another purpose, and so have another key.
_PURPOSE = b"passboard: keys of model servers"
_KEY_BYTES = 32
REDACTED = "[key]"
MOST_KEYS = 20
_LEAST_REDACTED = 4  # shorter keys are ordinary words


def encrypt(text: str) -> str:
    """The text as it may lie in the database; empty stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """What `encrypt` was given. Raises SecretLost where no known key opens it."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretLost(
            "The stored key can't be opened any more: this site's SECRET_KEY was changed. Give it again."
        ) from error


def redacted(text: str, key: str) -> str:
    """The text without the key, in case a server repeats what it was sent."""
    return text.replace(key, REDACTED) if len(key) >= _LEAST_REDACTED else text


def keep(owner: User, name: str, key: str, server: str) -> ServerKey:
    """Keeps a key for later samplings from this server (`sampling_server.server_of`).

    Raises Refused for a name in use, no name, or too many keys.
    """
    name = " ".join(name.split())
    if not name or not key:
        raise Refused("A key that is kept needs a name and a key.")
    if ServerKey.objects.filter(owner=owner).count() >= MOST_KEYS:
        raise Refused(f"An account keeps {MOST_KEYS} keys at most. Delete one first.")
    try:
        with transaction.atomic():
            return ServerKey.objects.create(owner=owner, name=name, server=server, secret=encrypt(key))
    except IntegrityError as error:
        raise Refused(f"You keep a key named “{name}” already. Choose another name.") from error


def forget(key: ServerKey) -> None:
    """Deletes a kept key. Samplings that use it pause at their next request."""
    key.delete()


def _fernet() -> MultiFernet:
    return MultiFernet([_derived(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(secret: str) -> Fernet:
    kdf = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return Fernet(base64.urlsafe_b64encode(kdf.derive(secret.encode())))
