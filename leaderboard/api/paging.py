"""Long lists in portions: `limit` and `offset` over a stable order, with the ways on in body and header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import BaseModel, Field

from leaderboard.api.state import state_of

MOST = 200


class Portion(BaseModel):
    """Query parameters of every list."""

    limit: int = Field(50, ge=1, le=MOST, description="rows of one answer")
    offset: int = Field(0, ge=0, le=10**9, description="rows before the first one")

    @property
    def slice(self) -> slice:
        return slice(self.offset, self.offset + self.limit)


class Page(BaseModel):
    """`count` rows in all; addresses of the portions around this one, null at either end."""

    count: int
    next: str | None
    previous: str | None


Count = Annotated[int, Field(ge=0)]


def around(request: HttpRequest, portion: Portion, count: int) -> dict[str, Any]:
    """Values of `Page`, and the same addresses for the Link header."""
    here, limit = portion.offset, portion.limit
    after = here + limit if here + limit < count else None
    before = max(0, min(here, count) - limit) if here else None
    found = {"next": _address(request, after), "previous": _address(request, before)}
    links = state_of(request).links
    links |= {("prev" if name == "previous" else name): one for name, one in found.items() if one}
    return {"count": count, **found}


def portion_of(rows: Sequence[Any], portion: Portion) -> Sequence[Any]:
    return rows[portion.slice]


def _address(request: HttpRequest, offset: int | None) -> str | None:
    if offset is None:
        return None
    query = request.GET.copy()
    query["offset"] = str(offset)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
