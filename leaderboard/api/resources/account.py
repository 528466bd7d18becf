"""/account: mail address, password, sessions, and its end. Who asks shows the password, as on the pages."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import ACCOUNT, JSON, reads, writes
from leaderboard.api.organisations_out import own_out
from leaderboard.api.problems import TOO_MANY, ApiProblem
from leaderboard.api.schemas.account import (
    AccountOut,
    DeletionIn,
    EndedOut,
    LimitOut,
    LimitsOut,
    MailIn,
    PasswordIn,
)
from leaderboard.api.state import token_in
from leaderboard.forms.accounts import ChangePasswordForm, DeleteAccountForm, MailForm
from leaderboard.queries.account import had_by
from leaderboard.queries.organisations import own_organisations
from leaderboard.services import accounts, organisations, partial_uploads, sampling, secrets, tokens, uploads
from leaderboard.services.deletion import delete_account as delete
from leaderboard.services.sign_in import OWN_PASSWORD

router = Router(tags=["Account"])
_PASSWORD_FIELDS = {
    "old_password": "password",
    "new_password1": "new_password",
    "new_password2": "new_password",
}
_MOST = {
    "tokens": tokens.MOST_TOKENS,
    "server_keys": secrets.MOST_KEYS,
    "organisations": organisations.MOST_OWNED,
    "uploads_waiting": uploads.MOST_WAITING,
    "uploads_unfinished": partial_uploads.MOST_UNFINISHED,
    "samplings": sampling.MOST_UNFINISHED,
}


@router.get("/account", response=AccountOut, summary="Your account", **reads(signed_in=True, scope=ACCOUNT))
def get_account(request: HttpRequest) -> Any:
    """With your mail address, which nobody else sees, your organisations and what you may have."""
    user: Any = request.user
    had = had_by(user)
    limits = {name: LimitOut(used=getattr(had, name), most=most) for name, most in _MOST.items()}
    return AccountOut(
        username=user.get_username(),
        email=user.email,
        joined_at=user.date_joined,
        staff=user.is_staff,
        organisations=[own_out(row) for row in own_organisations(user)],
        limits=LimitsOut(
            **limits,
            requests_per_minute=settings.API_RATE if settings.API_RATE > 0 else None,
            upload_bytes=settings.MAX_UPLOAD_BYTES,
        ),
    )


@router.patch(
    "/account",
    response=AccountOut,
    summary="Change your mail address",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def change_account(request: HttpRequest, body: MailIn) -> Any:
    """Other sessions end, and the old address is told. Ten wrong passwords, here or on the pages: 429."""
    user = _asked_again(request)
    form = cleaned(MailForm(user, body.model_dump()))
    accounts.change_mail(user, form.cleaned_data["email"], _kept_session(request))
    return get_account(request)


@router.put(
    "/account/password",
    response={204: None},
    summary="Change your password",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def change_password(request: HttpRequest, body: PasswordIn) -> Any:
    """Other sessions end, tokens stay. Ten wrong passwords, here or on the pages: 429."""
    user = _asked_again(request)
    new = body.new_password
    typed = {"old_password": body.password, "new_password1": new, "new_password2": new}
    form = cleaned(ChangePasswordForm(user, typed), _PASSWORD_FIELDS)
    form.save()
    if token_in(request) is None:
        update_session_auth_hash(request, user)
    accounts.password_changed(user, _kept_session(request))
    return HttpResponse(status=204)


@router.delete(
    "/account/sessions", response=EndedOut, summary="Sign out everywhere else", **writes(scope=ACCOUNT)
)
def end_account_sessions(request: HttpRequest) -> Any:
    """Every session in a browser, but for the one that asks."""
    user: Any = request.user
    return EndedOut(ended=accounts.end_sessions(user, _kept_session(request)))


@router.post(
    "/account/delete",
    response={204: None},
    summary="Delete your account",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def delete_account(request: HttpRequest, body: DeletionIn) -> Any:
    """With its runs, unless an organisation gets them, and all else that is yours. There is no way back."""
    user = _asked_again(request)
    form = cleaned(DeleteAccountForm(user, body.model_dump()))
    delete(user, form.heir)
    if token_in(request) is None:
        logout(request)
    return HttpResponse(status=204)


def _asked_again(request: HttpRequest) -> Any:
    """The user, whose password a form will ask for. Raises ApiProblem while it was wrong too often: the
    forms refuse it then, too, but can't say when it may be tried again."""
    user: Any = request.user
    if until := OWN_PASSWORD.held_until(str(user.pk)):
        seconds = max(1, ceil((until - timezone.now()).total_seconds()))
        said = f"Your password was wrong too often. Try again in {ceil(seconds / 60)} min."
        raise ApiProblem(TOO_MANY, said, headers={"Retry-After": str(seconds)})
    return user


def _kept_session(request: HttpRequest) -> str | None:
    """The key of the session that asks. Where a token does, none is kept: a cookie beside it says nothing."""
    return request.session.session_key if token_in(request) is None else None
