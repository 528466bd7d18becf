"""Who is to see a run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from leaderboard.forms.organisation_field import OrganisationField
from leaderboard.models import Organisation, Run
from leaderboard.queries.organisations import joined_organisations


class SharingForm(forms.Form):
    """Visibility, and the organisation that it belongs to: one of the reader's, or the one that it has."""

    visibility = forms.ChoiceField(
        label="Who sees it", choices=Run.Visibility.choices, widget=forms.RadioSelect
    )
    organisation = OrganisationField()

    def __init__(self, user: User, run: Run, *args: Any, **kwargs: Any) -> None:
        initial = {"visibility": run.visibility, "organisation": run.organisation and run.organisation.slug}
        super().__init__(*args, initial=initial, **kwargs)
        known = joined_organisations(user)
        if run.organisation and run.organisation not in known:
            known.append(run.organisation)
        self.fields["organisation"].offer(known)  # type: ignore[attr-defined]

    @property
    def chosen_organisation(self) -> Organisation | None:
        """The cleaned choice."""
        return self.cleaned_data["organisation"]  # type: ignore[no-any-return]
