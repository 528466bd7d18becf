"""SQL: the ways in which values get into statements."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import weaknesses

IN @ pytest.mark.parametrize("source", INSECURE.values(), ids=INSECURE)


def test_a_built_statement_is_found(source: str) -> None:
    assert 89 in weaknesses(source)
