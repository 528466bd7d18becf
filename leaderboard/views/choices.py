"""What an address asks of a page, parsed once at the edge and written back in its shortest form.

Values that a page does not know are left out: an old link shows the page, not an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from leaderboard.chart_frame import WIDTH
from leaderboard.run_links import run_number

TEXT_CHARACTERS = 200
NONE = "none"  # every box of a set is unticked


def text_of(query: QueryDict, name: str = "q") -> str:
    return " ".join(query.get(name, "").split())[:TEXT_CHARACTERS]


def listed(query: QueryDict, name: str) -> list[str]:
    """Values of `?name=a,b` and of `?name=a&name=b`, as a form's boxes send it."""
    return [part.strip() for value in query.getlist(name) for part in value.split(",") if part.strip()]


def run_ids(query: QueryDict) -> list[int]:
    """Runs of `?run=3,5` and of `?run=3&run=5-KEY`, each once."""
    numbers = [run_number(value) for value in listed(query, "run")]
    return list(dict.fromkeys(number for number in numbers if number is not None))


def picked(query: QueryDict, name: str, known: Sequence[str], default: Iterable[str]) -> tuple[str, ...]:
    """The known values that the address names, in their usual order; `default` where it names none."""
    if name not in query:
        return tuple(default)
    values = listed(query, name)
    chosen = tuple(value for value in known if value in values)
    return chosen if chosen or not values or values == [NONE] else tuple(default)


def one_of(query: QueryDict, name: str, known: Sequence[str]) -> str:
    """The value if it is a known one, else the first known one."""
    value = query.get(name, "")
    return value if value in known else known[0]


def plot_width(query: QueryDict) -> int:
    """How many pixels wide a chart's plot is, within what screens have; a usual width if it is not told."""
    value = query.get("width", "")
    return min(max(int(value), 200), 4000) if value.isdecimal() and len(value) < 6 else WIDTH


def address(path: str, values: Mapping[str, str]) -> str:
    """The path with the values that are not empty."""
    query = urlencode({name: value for name, value in values.items() if value}, safe=",/-")
    return f"{path}?{query}" if query else path


def joined(chosen: Sequence[str], default: Sequence[str]) -> str:
    """A set of boxes as a value of the address: empty where it is what the page shows anyway."""
    if tuple(chosen) == tuple(default):
        return ""
    return ",".join(chosen) or NONE


@dataclass(frozen=True, slots=True)
class Box:
    """A tick box of the filter line."""

    value: str
    label: str
    ticked: bool
