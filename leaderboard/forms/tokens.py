"""What people say of a new API token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from leaderboard.models import ApiToken

_NEVER = "never"
_LASTS = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "a year"),
    (_NEVER, "until it is revoked"),
]


class TokenForm(forms.Form):
    """Name, scopes, and how long it lasts."""

    name = forms.CharField(max_length=80, help_text="Where it is used: laptop, CI, cluster.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that it may do."},
    )
    lasts = forms.ChoiceField(label="It lasts", choices=_LASTS, initial="90")

    def expires_at(self) -> datetime | None:
        """When the cleaned token ends; None: never."""
        lasts: Any = self.cleaned_data["lasts"]
        return None if lasts == _NEVER else timezone.now() + timedelta(days=int(lasts))
