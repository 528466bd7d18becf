"""Counts of a model's weights, as people write them: 7B, 350M, 1.3 b, 12000000000."""

from __future__ import annotations

import re
from decimal import Decimal

_COUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmbt]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
MOST_PARAMETERS = 10**15


def parameters_from(text: str) -> int:
    """The count that `text` names, from 1 to 10¹⁵. Raises ValueError, its message fit for people."""
    match = _COUNT.fullmatch(text.replace(",", "").strip())
    count = int(Decimal(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if not 0 < count <= MOST_PARAMETERS:
        raise ValueError("Write a count such as 7B, 350M or 12000000000.")
    return count
