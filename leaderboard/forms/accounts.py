"""Sign-in that can't be used to try out passwords."""

from __future__ import annotations

from math import ceil
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from leaderboard.services import sign_in


class ThrottledSignInForm(AuthenticationForm):
    """Refuses for a while after several failures; `paused` tells whether it just did."""

    paused = False

    def clean(self) -> dict[str, Any]:
        name, address = self.cleaned_data.get("username") or "", self.request.META.get("REMOTE_ADDR", "")
        if until := sign_in.paused_until(address, name):
            self.paused = True
            minutes = ceil((until - timezone.now()).total_seconds() / 60)
            raise forms.ValidationError(
                f"Too many failed attempts for this name. Try again in {minutes} min.", code="paused"
            )
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            sign_in.note_failure(address, name)
            raise
        sign_in.note_success(address, name)
        return cleaned
