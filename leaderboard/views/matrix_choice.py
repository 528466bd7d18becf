"""What the address of the matrix asks for: `?q=…&show=different&runs=measured&room=1`."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from leaderboard.queries.matrix import ALL, ALONE, DIFFERENT, NONE
from leaderboard.views.choices import address, one_of, text_of

# Value of the address → words of the filter.
MODES = {
    ALL: "all",
    DIFFERENT: "runs differ",
    ALONE: "one model alone solves",
    NONE: "none solves",
}


@dataclass(frozen=True, slots=True)
class MatrixChoice:
    """`text`: part of a model's name; `mode`: a key of MODES; `synthetic`: demo runs are shown, too;
    `room`: columns wide enough to point at, even if they don't fit."""

    text: str
    mode: str
    synthetic: bool
    room: bool

    def address(self, path: str, **more: str) -> str:
        runs, room = "" if self.synthetic else "measured", "1" if self.room else ""
        return address(path, {"q": self.text, "show": self.mode, "runs": runs, "room": room, **more})


def matrix_choice(query: QueryDict, *, both_kinds: bool) -> MatrixChoice:
    """The choice of this address; `both_kinds`: there are runs of real models and of the demo."""
    return MatrixChoice(
        text=text_of(query),
        mode=one_of(query, "show", list(MODES)),
        synthetic=not (both_kinds and query.get("runs") == "measured"),
        room=query.get("room") == "1",
    )
