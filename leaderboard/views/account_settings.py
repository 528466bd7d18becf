"""What people change about their own account: mail address, password, sessions; and its end."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.errors import Refused
from leaderboard.forms.accounts import ChangePasswordForm, DeleteAccountForm, MailForm, ResetForm
from leaderboard.services import accounts as service
from leaderboard.services.deletion import delete_account


class ChangePassword(auth.PasswordChangeView):
    """Asks for the old password, too, and ends all other sessions."""

    template_name = "registration/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account-settings")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        service.password_changed(form.user, self.request.session.session_key)
        messages.success(
            self.request,
            "Your password was changed, and you were signed out everywhere else. API tokens still work.",
        )
        return response


class ResetPassword(auth.PasswordResetView):
    """Sends a link to who forgot the password; says who can help where the site sends no mail."""

    template_name = "registration/reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("password-reset-sent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_mail": settings.HAS_MAIL}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.HAS_MAIL:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)


class ResetSent(auth.PasswordResetDoneView):
    """The same page, whether a mail was sent or not."""

    template_name = "registration/reset_sent.html"


class ResetConfirm(auth.PasswordResetConfirmView):
    """Where the link of the mail leads: a new password, which ends all sessions."""

    template_name = "registration/reset_confirm.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        service.password_changed(form.user, None)
        messages.success(self.request, "Your password was changed. Sign in with it.")
        return response


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Mail address, and links to the rest."""
    form = MailForm(request.user, request.POST or None)
    if form.is_valid():
        service.change_mail(request.user, form.cleaned_data["email"], request.session.session_key)
        messages.success(request, "Your mail address was changed, and you were signed out everywhere else.")
        return redirect("account-settings")
    context = {"form": form, "has_mail": settings.HAS_MAIL}
    return render(request, "leaderboard/account_settings.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere else."""
    ended = service.end_sessions(request.user, request.session.session_key)
    said = {0: "You are signed in nowhere else.", 1: "One other session was ended."}
    messages.success(request, said.get(ended, f"{ended} other sessions were ended."))
    return redirect("account-settings")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Deletes the account with everything that is its own."""
    form = DeleteAccountForm(request.user, request.POST or None)
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                delete_account(request.user, form.heir)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                logout(request)
                messages.success(request, "Your account was deleted, with everything that was yours alone.")
                return redirect("home")
    return render(request, "leaderboard/account_delete.html", {"form": form}, status=status)
