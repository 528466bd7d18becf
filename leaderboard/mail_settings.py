"""How the site sends mail, from one address: smtp://name:password@host:587."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_TIMEOUT = 20


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for a mail server.

    smtp://    with STARTTLS (port 587), and without where the query says `?tls=0` (port 25)
    smtps://   with TLS from the start (port 465)
    console:   prints mails
    file:///path   writes them into a folder

    Empty: mails are thrown away. Raises ValueError for anything else.
    """
    if not url:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{_BACKENDS}.console.EmailBackend"}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("EMAIL_URL is no smtp://name:password@host:587, smtps://…, console: or file:///path")
    wrapped = parts.scheme == "smtps"
    starttls = not wrapped and parts.query != "tls=0"
    usual = 465 if wrapped else 587 if starttls else 25
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or usual,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": wrapped,
        "EMAIL_USE_TLS": starttls,
        "EMAIL_TIMEOUT": _TIMEOUT,
    }
