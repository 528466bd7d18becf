"""The choice of an organisation that a run is put into: one place for who may choose which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from leaderboard.models import Organisation


class OrganisationField(forms.TypedChoiceField):
    """One of the organisations offered, by its slug; None where none is chosen. At first none is offered.

    Forms offer those that the reader has joined; services check the membership once more.
    """

    def __init__(self, **kwargs: Any) -> None:
        usual = {"required": False, "help_text": "Its members see the run, its owners may change it."}
        super().__init__(empty_value=None, **(usual | kwargs))
        self.offer([])

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Sets what may be chosen."""
        self.offered = {row.slug: row for row in organisations}
        self.coerce = self.offered.__getitem__
        self.choices = [("", "none"), *((slug, row.name) for slug, row in self.offered.items())]
