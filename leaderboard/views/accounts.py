"""Accounts: sign-up, sign-in, and what belongs to oneself. Forms and checks are Django's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from leaderboard.client_address import client_address, network_of
from leaderboard.forms.accounts import SignUpForm, ThrottledSignInForm, minutes_until, remember
from leaderboard.queries.runs import HEADLINE_KS, own_runs, waiting_uploads
from leaderboard.services import accounts as service
from leaderboard.services.sign_in import SIGN_UPS
from leaderboard.views.errors import NotFound
from leaderboard.views.run_rows import account_rows


class SignIn(auth.LoginView):
    """Signs in and goes back to where the reader came from."""

    template_name = "registration/sign_in.html"
    authentication_form = ThrottledSignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sign_up_open": settings.SIGN_UP_OPEN}

    def form_valid(self, form: ThrottledSignInForm) -> HttpResponse:
        response = super().form_valid(form)
        remember(response, form.get_user().get_username())
        return response

    def form_invalid(self, form: ThrottledSignInForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 429 if form.paused else 400
        return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Makes an account and signs in, where the site allows it (SIGN_UP_OPEN)."""
    if not settings.SIGN_UP_OPEN:
        raise NotFound(
            "This site's accounts are made by its operator.", [("Sign in", reverse_lazy("sign-in"))]
        )
    form = SignUpForm(request.POST or None)
    network = network_of(client_address(request))
    if request.method == "POST" and (until := SIGN_UPS.held_until(network)):
        form.add_error(None, f"Too many accounts from your network. Try again in {minutes_until(until)} min.")
        return render(request, "registration/sign_up.html", {"form": form}, status=429)
    if form.is_valid():
        SIGN_UPS.count(network)
        user = form.save()
        service.made(user)
        login(request, user)
        return redirect("upload")
    return render(request, "registration/sign_up.html", {"form": form}, status=400 if form.is_bound else 200)


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own runs, private and unlisted ones too, and uploads that wait to be confirmed."""
    context = {
        "runs": account_rows(own_runs(request.user)),
        "uploads": waiting_uploads(request.user),
        "ks": HEADLINE_KS,
    }
    return render(request, "leaderboard/account.html", context)
