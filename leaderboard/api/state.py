"""What is known of a request on its way through the API, beside the request itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from leaderboard.api.access import Caller
from leaderboard.api.rate import UNCOUNTED, Quota
from leaderboard.models import ApiToken


@dataclass(slots=True)
class State:
    """`tag`: the answer's ETag where it is known without the answer. `links`: addresses by relation.
    `location`: of what was made."""

    caller: Caller | None = None
    quota: Quota = UNCOUNTED
    tag: str = ""
    links: dict[str, str] = field(default_factory=dict)
    location: str = ""


def state_of(request: HttpRequest) -> State:
    if not hasattr(request, "api_state"):
        request.api_state = State()  # type: ignore[attr-defined]
    state: State = request.api_state  # type: ignore[attr-defined]
    return state


def token_in(request: HttpRequest) -> ApiToken | None:
    """The token that asks; None where the site's session speaks."""
    caller = state_of(request).caller
    return caller.token if caller else None
