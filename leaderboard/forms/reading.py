"""What the preview page asks about a file: everything about it that was guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from evaluator.errors import SampleFileError
from evaluator.sample_files import ReadOptions
from evaluator.sample_files.options import MAX_START, MAX_TEXT_CHARACTERS
from leaderboard.forms.uploads import benchmark_choices, format_choices
from leaderboard.models import Benchmark, Upload
from leaderboard.queries.benchmarks import shown_benchmarks

# What only some forms of files have to be told.
ASKED: Mapping[str, tuple[str, ...]] = {
    "bigcode": ("start",),
    "lm-eval": ("filter",),
    "evalplus-results": ("tests",),
    "evalplus-counts": ("tests",),
    "counts": ("model",),
}


class ReadingForm(forms.Form):
    """Overrules the guesses about an upload. Fields that its format doesn't ask for are left out."""

    benchmark = forms.TypedChoiceField(error_messages={"required": "Choose a benchmark."})
    format = forms.ChoiceField(required=False)
    cleaning = forms.BooleanField(
        required=False,
        label="Turn chat answers into programs",
        help_text="off: every sample's text is taken as it stands",
    )
    start = forms.IntegerField(
        min_value=0,
        max_value=MAX_START,
        required=False,
        label="First problem",
        help_text="the file names no task ids: its first list belongs to this problem, counted from 0",
    )
    filter = forms.CharField(
        max_length=MAX_TEXT_CHARACTERS,
        required=False,
        help_text="the rows of one filter are read; empty: the first one's",
    )
    tests = forms.ChoiceField(
        choices=[("", "those of the benchmark"), ("base", "base"), ("plus", "plus")],
        required=False,
        label="Verdicts of which tests",
    )
    model = forms.CharField(
        max_length=MAX_TEXT_CHARACTERS,
        required=False,
        label="Model in the file",
        help_text="the rows of one model are read; empty: the first one's",
    )

    def __init__(self, upload: Upload, data: Mapping[str, Any] | None = None) -> None:
        told = ReadOptions.from_dict(upload.options)
        initial = {name: getattr(told, name) or "" for name in ("format", "filter", "tests", "model")}
        initial |= {"benchmark": upload.benchmark_id, "cleaning": told.clean, "start": told.start}
        super().__init__(data, initial=initial, auto_id="reading_%s")
        rows = {str(row.pk): row for row in shown_benchmarks()}
        rows.setdefault(str(upload.benchmark_id), upload.benchmark)  # an older version of one
        benchmark: forms.TypedChoiceField = self.fields["benchmark"]  # type: ignore[assignment]
        benchmark.choices = benchmark_choices(rows)
        benchmark.coerce = rows.__getitem__
        self.fields["format"].choices = format_choices()  # type: ignore[attr-defined]
        self._leave_out(told.format or upload.preview.get("format", ""))

    def _leave_out(self, format_name: str) -> None:
        asked = ASKED.get(format_name, ())
        for name in {name for names in ASKED.values() for name in names} - set(asked):
            del self.fields[name]

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that this format alone asks for."""
        return [self[name] for name in self.fields if name not in ("benchmark", "format", "cleaning")]

    def chosen(self) -> Benchmark:
        """The benchmark of the cleaned values."""
        row: Benchmark = self.cleaned_data["benchmark"]
        return row

    def options(self) -> ReadOptions:
        """The cleaned values as readers take them."""
        said = self.cleaned_data
        return ReadOptions(
            format=said["format"] or None,
            clean=said["cleaning"],
            start=said.get("start") or 0,
            filter=said.get("filter") or None,
            tests=said.get("tests") or None,
            model=said.get("model") or None,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.options()
            except SampleFileError as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned
