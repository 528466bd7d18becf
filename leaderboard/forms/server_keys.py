"""A key of a model server that is to be kept, without a sampling."""

from __future__ import annotations

from django import forms

from leaderboard.forms.sampling import SamplingForm

_FIELDS = SamplingForm.base_fields


class ServerKeyForm(forms.Form):
    """What the form of a sampling takes for a key that is kept: its name, the server, and the key."""

    name = forms.CharField(max_length=_FIELDS["keep_as"].max_length)  # type: ignore[attr-defined]
    address = forms.CharField(max_length=_FIELDS["address"].max_length)  # type: ignore[attr-defined]
    key = forms.CharField(max_length=_FIELDS["key"].max_length)  # type: ignore[attr-defined]
