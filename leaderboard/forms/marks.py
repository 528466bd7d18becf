"""What a reviewer sends to mark a finding."""

from __future__ import annotations

from django import forms

from leaderboard.models import FindingMark


class MarkForm(forms.Form):
    """Which finding of the problem's cell, what the reviewer thinks of it, and where to go afterwards."""

    program = forms.IntegerField(min_value=0, max_value=10**9)
    rule = forms.CharField(max_length=32)
    line = forms.IntegerField(min_value=1, max_value=10**9)
    word = forms.ChoiceField(choices=FindingMark.Word.choices)
    comment = forms.CharField(max_length=500, required=False)
    next = forms.CharField(max_length=2000, required=False)
