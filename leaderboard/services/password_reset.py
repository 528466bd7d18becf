"""A link by mail for who forgot the password. Nobody learns from it whether an account exists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from leaderboard.client_address import network_of
from leaderboard.services.brakes import Brake
from leaderboard.services.mail import send_later

_TO_ONE = Brake("reset mails to an address", 3, timedelta(hours=1))
_FROM_ONE = Brake("reset mails asked for by a network", 20, timedelta(hours=1))


def ask(address: str, mail: str, users: Iterable[User]) -> None:
    """Sends each of these users a link that sets a new password, within the limits of mails an hour.

    `address`: of who asks. Beyond the limits nothing is sent, and nothing is said of it.
    """
    mail, network = mail.casefold(), network_of(address)
    held = _TO_ONE.held_until(mail) or _FROM_ONE.held_until(network)
    _TO_ONE.count(mail)
    _FROM_ONE.count(network)
    if held:
        return
    for user in users:
        link = {
            "uid": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
        send_later(
            user.email, "A new password for Passboard", "mail/password_reset.txt", {"user": user, **link}
        )
