"""What addresses of the failure browser ask for."""

from __future__ import annotations

from django import forms

from leaderboard.verdict_words import VERDICT_WORDS, WAITING


class FailureFilterForm(forms.Form):
    """The failure browser: which verdict and security rule, and which program is open."""

    verdict = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ["", *VERDICT_WORDS] if name != WAITING]
    )
    finding = forms.CharField(required=False, max_length=32)
    program = forms.IntegerField(required=False, min_value=0, max_value=10**9)
