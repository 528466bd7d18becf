"""Fixtures of several of the evaluator's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.evaluate import Evaluator
from evaluator.records import Limits
from tests.evaluator.documents import write

__all__ = ["write"]

_LIMITS = Limits(cpu_seconds=0.5, wall_factor=8.0)


@pytest.fixture(scope="module")
def sharing() -> Iterator[Evaluator]:
    """Self-contained programs share a process."""
    with Evaluator(_LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def apart() -> Iterator[Evaluator]:
    """The same, with a process for every program."""
    with Evaluator(_LIMITS, shares=False) as opened:
        yield opened
