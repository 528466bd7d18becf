"""What several resources have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, SkipValidation, WithJsonSchema

from leaderboard.queries.runs import Figure

_RUN_ID = {
    "type": "string",
    "pattern": "^[0-9]{1,18}(-[A-Za-z0-9_-]{22})?$",
    "description": "a run's number; of an unlisted run that is not yours, number and key of its link",
    "examples": ["12"],
}
RunId = Annotated[str, WithJsonSchema(_RUN_ID)]
Slug = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"})]
# Code and what programs said: any string at all, half characters too, which pydantic would refuse.
AnyText = Annotated[SkipValidation[str], WithJsonSchema({"type": "string"})]
# Of a field with a password or a key: tools show dots in its place.
SECRET: Any = {"format": "password"}
Verdicts = Annotated[dict[str, int], Field(description="samples by verdict; only those that occur")]


class Empty(BaseModel):
    """Nothing."""


class Bounded(BaseModel):
    """A value with its 95 % interval; null where it is not known."""

    value: float | None
    low: float | None
    high: float | None


class PassAtK(BaseModel):
    """pass@k as a fraction. `printed`: a paper's own digits, in per cent; its bounds are null."""

    k: int
    value: float
    low: float | None
    high: float | None
    printed: str = ""


def pass_at_k(figure: Figure) -> PassAtK:
    return PassAtK(k=figure.k, value=figure.value, low=figure.low, high=figure.high, printed=figure.printed)


def bounded(found: Any) -> Bounded | None:
    """Of anything with value, low and high; None of None."""
    if found is None:
        return None
    return Bounded(value=found.value, low=found.low, high=found.high)


def stored(raw: Mapping[str, float] | None) -> Bounded | None:
    """Of a figure as a run stores it."""
    return Bounded(value=raw["value"], low=raw.get("low"), high=raw.get("high")) if raw else None
