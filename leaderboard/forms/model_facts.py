"""What is known of a model, as its owner and the site's staff write it down."""

from __future__ import annotations

from django import forms

from leaderboard.formatting import size_text
from leaderboard.forms.uploads import ParameterCountField, readable
from leaderboard.models import Model
from leaderboard.parameter_count import parameters_from
from leaderboard.services.models import ModelFacts


class ModelFactsForm(forms.Form):
    """Empty: not known."""

    organisation = forms.CharField(
        max_length=120, required=False, validators=[readable], help_text="who made the model"
    )
    parameters = ParameterCountField(required=False, help_text="7B, 350M or a plain number; empty if unknown")
    released = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="year-month-day"
    )
    url = forms.URLField(
        label="Link", max_length=200, required=False, assume_scheme="https", help_text="of its page or paper"
    )

    @staticmethod
    def initial_of(model: Model) -> dict[str, str]:
        """As the form takes them; parameters to the last digit."""
        return {
            "organisation": model.organisation,
            "parameters": _exactly(model.parameters) if model.parameters else "",
            "released": model.released.isoformat() if model.released else "",
            "url": model.url,
        }

    def facts(self) -> ModelFacts:
        """The cleaned values."""
        return ModelFacts(**self.cleaned_data)


def _exactly(parameters: int) -> str:
    """In short where that says all of it: 2B, 6738415616."""
    short = size_text(parameters)
    return short if parameters_from(short) == parameters else str(parameters)
