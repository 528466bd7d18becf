"""What people type about accounts: signing up and in, mail address, deletion."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    UserCreationForm,
)
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from leaderboard.client_address import client_address
from leaderboard.models import Organisation
from leaderboard.queries.organisations import joined_organisations
from leaderboard.services import password_reset, sign_in

KNOWN_COOKIE = "signed_in_before"
_KNOWN_SECONDS = 180 * 24 * 3600


class SignUpForm(UserCreationForm):
    """A name and a password; the mail address is for a forgotten password alone."""

    email = forms.EmailField(
        label="Mail address",
        required=False,
        max_length=254,
        help_text="Optional. Only for a new password when you forget yours; nobody sees it.",
    )

    class Meta(UserCreationForm.Meta):  # type: ignore[name-defined,misc]
        model = User
        fields = ("username", "email")


class ThrottledSignInForm(AuthenticationForm):
    """Refuses for a while after several failures; `paused` tells whether it just did."""

    paused = False

    def clean(self) -> dict[str, Any]:
        name, address = self.cleaned_data.get("username") or "", client_address(self.request)
        known = knows(self.request, name)
        if until := sign_in.paused_until(address, name, known_browser=known):
            self.paused = True
            raise forms.ValidationError(
                f"Too many failed attempts. Try again in {minutes_until(until)} min.", code="paused"
            )
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            sign_in.note_failure(address, name)
            raise
        sign_in.note_success(address, name)
        return cleaned


class ChangePasswordForm(PasswordChangeForm):
    """Asks for the old password, and not for ever."""

    def clean_old_password(self) -> str:
        return _right_password(self.user, self.cleaned_data["old_password"])


class ResetForm(PasswordResetForm):
    """Asks for a link by mail. The answer is the same whether an account has this address or not."""

    def save(self, *, request: HttpRequest, **_: object) -> None:
        mail = self.cleaned_data["email"]
        password_reset.ask(client_address(request), mail, self.get_users(mail))


class MailForm(forms.Form):
    """Another mail address. It takes the password: whoever reads mails can set a new one."""

    email = forms.EmailField(
        label="Mail address", required=False, max_length=254, help_text="Empty: none is kept."
    )
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"email": user.email}, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        return _right_password(self.user, self.cleaned_data["password"])


class DeleteAccountForm(forms.Form):
    """What becomes of the runs, and the password."""

    runs = forms.ChoiceField(label="Your runs", widget=forms.RadioSelect)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.organisations = {row.slug: row for row in joined_organisations(user)}
        field: forms.ChoiceField = self.fields["runs"]  # type: ignore[assignment]
        field.choices = [
            ("", "delete them with all their samples"),
            *((slug, f"hand them to {row.name}") for slug, row in self.organisations.items()),
        ]
        field.required = False

    def clean_password(self) -> str:
        return _right_password(self.user, self.cleaned_data["password"])

    @property
    def heir(self) -> Organisation | None:
        return self.organisations.get(self.cleaned_data["runs"])


def minutes_until(until: datetime) -> int:
    return ceil((until - timezone.now()).total_seconds() / 60)


def knows(request: HttpRequest, name: str) -> bool:
    """Whether this browser signed in with this name before."""
    try:
        known = request.get_signed_cookie(KNOWN_COOKIE, max_age=_KNOWN_SECONDS)
    except (KeyError, signing.BadSignature):
        return False
    return constant_time_compare(known, _hashed(name))


def remember(response: HttpResponse, name: str) -> None:
    """The browser signed in with this name: others' failures don't hold it up."""
    response.set_signed_cookie(
        KNOWN_COOKIE,
        _hashed(name),
        max_age=_KNOWN_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _hashed(name: str) -> str:
    return salted_hmac("known browser", name.casefold(), algorithm="sha256").hexdigest()


def _right_password(user: User, password: str) -> str:
    """Raises ValidationError for a wrong one, and for a while after several: a session that somebody else
    got hold of must not serve to try out passwords."""
    if until := sign_in.OWN_PASSWORD.held_until(str(user.pk)):
        raise forms.ValidationError(f"Too many failed attempts. Try again in {minutes_until(until)} min.")
    if not user.check_password(password):
        sign_in.OWN_PASSWORD.count(str(user.pk))
        raise forms.ValidationError("This is not your password.")
    return password
