"""API tokens of one's own: made, seen once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.errors import Refused
from leaderboard.forms.tokens import TokenForm
from leaderboard.models import ApiToken
from leaderboard.queries.tokens import own_token, tokens_of
from leaderboard.services import tokens as service
from leaderboard.views.errors import NotFound


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list, and the form that makes one. The answer to the form is the only page that shows its text."""
    form = TokenForm(request.POST or None)
    made, status = None, 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = service.make(request.user, said["name"], said["scopes"], form.expires_at())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                form, status = TokenForm(), 201
    context = {"form": form, "made": made, "tokens": [_row(token) for token in tokens_of(request.user)]}
    return render(request, "leaderboard/tokens.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a token out of use, for good."""
    token = own_token(request.user, pk)
    if token is None:
        raise NotFound("You have no such token.", [("Your tokens", reverse("tokens"))])
    made = service.revoke(token, request.user) - 1
    also = {0: "", 1: " and the one that it made"}.get(max(made, 0), f" and the {made} that it made")
    opens = "open" if also else "opens"
    messages.success(request, f"The token {token.beginning}…{also} {opens} nothing any more.")
    return redirect("tokens")


def _row(token: ApiToken) -> dict[str, object]:
    over = token.expires_at is not None and token.expires_at <= timezone.now()
    state = "revoked" if token.revoked_at else "expired" if over else ""
    return {"token": token, "scopes": ", ".join(token.scopes), "state": state}
