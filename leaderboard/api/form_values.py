"""The pages' forms, filled by programs: their rules hold here, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django import forms

from leaderboard.api.problems import INVALID, ApiProblem, Wrong

Filled = TypeVar("Filled", bound=forms.Form)
_WHOLE = "__all__"


def cleaned(form: Filled, names: Mapping[str, str] | None = None) -> Filled:
    """The valid form. Raises ApiProblem with a line for each field that is not.

    `names`: what the body calls fields that the form calls otherwise.
    """
    if form.is_valid():
        return form
    errors = [
        Wrong("" if name == _WHOLE else (names or {}).get(name, name), "body", str(said))
        for name, found in form.errors.items()
        for said in found
    ]
    raise ApiProblem(INVALID, "Some values can't be used.", errors)
