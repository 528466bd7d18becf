"""Fixtures of several of the evaluator's tests."""

from __future__ import annotations

from tests.evaluator.documents import write

__all__ = ["write"]
