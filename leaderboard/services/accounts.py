"""What people change about their own account."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from leaderboard.services.audit import Action, note
from leaderboard.services.mail import send_later


def made(user: User) -> None:
    """Notes a new account."""
    note(user, Action.ACCOUNT_MADE)


def change_mail(user: User, mail: str, session: str | None) -> None:
    """Another mail address, or none. Other sessions end; the old address is told.

    `session`: the key of the session that stays.
    """
    before = user.email
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(email=mail)
        note(user, Action.ACCOUNT_CHANGED, detail="mail address")
        end_sessions(user, session)
    user.email = mail
    if before != mail:
        send_later(before, "Your mail address was changed", "mail/mail_changed.txt", {"user": user})


def password_changed(user: User, session: str | None) -> None:
    """Ends other sessions after a password was set, and tells the account's mail address."""
    with transaction.atomic():
        note(user, Action.ACCOUNT_CHANGED, detail="password")
        end_sessions(user, session)
    send_later(user.email, "Your password was changed", "mail/password_changed.txt", {"user": user})


def end_sessions(user: User, but: str | None = None) -> int:
    """Signs the user out everywhere, `but` in the session of this key. Returns how many sessions ended."""
    ended = [
        session.session_key
        for session in Session.objects.exclude(session_key=but).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=ended).delete()
    return len(ended)


def sweep() -> int:
    """Takes sessions away that have expired. Returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
