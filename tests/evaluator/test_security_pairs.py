"""Pairs of whole functions, the insecure one found and its secure twin left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.security.own_engine import Reading, read_with_rules

PAIRS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("security_pairs.json").read_text())
NAMES = [f"{number}-CWE-{pair['cwes'][0]}" for number, pair in enumerate(PAIRS)]


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    """What came of every function, from one scan."""
    texts = [pair[side] for pair in PAIRS for side in ("insecure", "secure")]
    return dict(zip(texts, read_with_rules(texts), strict=True))


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_the_insecure_one_is_found(pair: dict[str, Any], readings: dict[str, Reading]) -> None:
    assert {finding.cwe for finding in readings[pair["insecure"]].findings} & set(pair["cwes"])


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_the_twin_is_left_alone(pair: dict[str, Any], readings: dict[str, Reading]) -> None:
    compile(pair["secure"], "twin", "exec")  # else it would be left alone for the wrong reason
    assert readings[pair["secure"]].findings == ()
