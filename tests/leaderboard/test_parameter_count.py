"""Counts of weights, as people write them on the form and on the command line."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from leaderboard.parameter_count import parameters_from


@pytest.mark.parametrize(
    ("text", "count"),
    [("7B", 7 * 10**9), ("350M", 350 * 10**6), ("1.3 b", 1_300_000_000), ("12,000", 12_000), (" 5 ", 5)],
)
def test_a_count_is_read_with_its_unit(text: str, count: int) -> None:
    assert parameters_from(text) == count


@pytest.mark.parametrize("text", ["", "B", "0", "-1", "1e9", "7 billion", "9" * 16, "2000T"])
def test_what_is_no_count_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="7B"):
        parameters_from(text)


def test_the_command_refuses_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((CommandError, SystemExit)) as refusal:
        call_command("submit", "samples.jsonl", "--model", "M", "--parameters", "huge")
    assert "7B" in str(refusal.value) + capsys.readouterr().err
