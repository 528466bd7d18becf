"""What people say of organisations: a name, whom to invite."""

from __future__ import annotations

from typing import Any

from django import forms

from leaderboard.models import Membership


class OrganisationForm(forms.Form):
    name = forms.CharField(
        max_length=80, help_text="Its address is made of it. The name stands on the pages of its runs."
    )


class RenameForm(OrganisationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Its address stays: links to it go on working."


class InviteForm(forms.Form):
    user_name = forms.CharField(label="User name", max_length=150)
    role = forms.ChoiceField(choices=Membership.Role.choices, initial=Membership.Role.MEMBER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices)
