"""Mails to people, sent beside the request: how long an answer takes must not tell whether one was sent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

_log = logging.getLogger(__name__)
THREAD = "mail"


def send_later(to: str, subject: str, template: str, context: Mapping[str, Any]) -> None:
    """Sends a mail from a thread of its own; nothing where the site has no mail server or `to` is empty.

    What goes wrong stands in the log: nobody waits for it.
    """
    if to and settings.HAS_MAIL:
        arguments = (to, subject, template, {"site": settings.SITE_URL, **context})
        threading.Thread(target=_send, args=arguments, name=THREAD, daemon=True).start()


def _send(to: str, subject: str, template: str, context: Mapping[str, Any]) -> None:
    try:
        send_mail(subject, render_to_string(template, dict(context)), None, [to])
    except (SMTPException, OSError) as error:
        _log.error("A mail could not be sent: %s: %s", type(error).__name__, error)
