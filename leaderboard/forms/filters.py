"""What addresses of the failure browser ask for."""

from __future__ import annotations

from django import forms

from leaderboard.verdict_words import VERDICT_WORDS, WAITING

REFERENCE = "reference"


class FailureFilterForm(forms.Form):
    """The failure browser: which samples are shown, which of them is open, what it is compared with.

    `behaviour` opens a group by its key; `program` opens a program by its index, and goes first.
    `against` is "reference" or the index of another program.
    """

    verdict = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ["", *VERDICT_WORDS] if name != WAITING]
    )
    finding = forms.CharField(required=False, max_length=32)
    q = forms.CharField(required=False, max_length=200)
    behaviour = forms.RegexField(r"^[0-9a-f]{16}$", required=False)
    program = forms.IntegerField(required=False, min_value=0, max_value=10**9)
    against = forms.RegexField(rf"^({REFERENCE}|[0-9]{{1,9}})$", required=False)
