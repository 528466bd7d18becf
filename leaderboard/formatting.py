"""Numbers and names as ready-made strings: formatting in templates costs more than the rest of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

MISSING = "–"
_SIZE_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
# Where the figure is further than this, in points, from the middle of its bounds, "±" would lie.
_LOPSIDED = 0.5


@dataclass(frozen=True, slots=True)
class FigureText:
    """A percentage in parts, so that columns line up on the decimal: `whole` + `part`, then `interval`."""

    whole: str
    part: str = ""
    interval: str = ""
    bounds: str = ""  # the exact interval, for those who ask
    wide: bool = False  # a figure of its column prints both bounds: all of them keep room for that

    def __str__(self) -> str:
        return f"{self.whole}{self.part}{f' {self.interval}' if self.interval else ''}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar of 100: where it starts, how wide it is, and what it says."""

    name: str
    start: str
    width: str
    count: int


MISSING_FIGURE = FigureText(MISSING)


def percent(fraction: float | None, digits: int = 1) -> str:
    """0.468 → "46.8"; the unit stands in the header."""
    return MISSING if fraction is None else f"{fraction * 100:.{digits}f}"


def signed(value: float, digits: int = 1) -> str:
    """0.42 → "+0.4", with a true minus, and no sign where it rounds to 0."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def figure_text(value: float | None, low: float | None, high: float | None, printed: str = "") -> FigureText:
    """A pass@k figure (fractions) with its interval; `printed` digits of a paper are kept as they are."""
    if value is None:
        return MISSING_FIGURE
    whole, dot, part = (printed or percent(value)).partition(".")
    if low is None or high is None:
        return FigureText(whole, dot + part)
    bounds = f"95 % interval {percent(low)} to {percent(high)}"
    below, above = (value - low) * 100, (high - value) * 100
    if abs(above - below) / 2 > _LOPSIDED:
        return FigureText(whole, dot + part, f"{percent(low)}–{percent(high)}", bounds)
    return FigureText(whole, dot + part, f"±{(below + above) / 2:.1f}", bounds)


def columns_aligned(rows: Sequence[Sequence[FigureText]]) -> list[list[FigureText]]:
    """The same figures; in each column where one prints both bounds, all keep room for them."""
    wide = [any("–" in figure.interval for figure in column) for column in zip(*rows, strict=True)]
    return [[replace(figure, wide=room) for figure, room in zip(row, wide, strict=True)] for row in rows]


def size_text(parameters: int | None) -> str:
    """12_000_000_000 → "12B", 350_000_000 → "350M"."""
    if parameters is None:
        return MISSING
    for unit, letter in _SIZE_UNITS:
        if parameters >= unit:
            return f"{parameters / unit:.3g}{letter}"
    return str(parameters)


def plain_number(value: float | None) -> str:
    """A temperature or top_p, aligned with its neighbours: 0.8, 1.0, 0.95, –."""
    if value is None:
        return MISSING
    text = f"{value:g}"
    return f"{text}.0" if text.isdigit() else text


def samples_text(n_min: int, n_max: int) -> str:
    """Samples per problem: "20", or "10–20" where problems differ."""
    if not n_max:
        return MISSING
    return str(n_max) if n_min == n_max else f"{n_min}–{n_max}"


def date_text(moment: datetime | None) -> str:
    return MISSING if moment is None else timezone.localtime(moment).strftime("%Y-%m-%d")


def counted(count: int, one: str, many: str = "") -> str:
    """1 → "1 run", 1234 → "1,234 runs"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shortened(text: str, characters: int) -> str:
    """The text, or its beginning and "…" where it is longer."""
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"


def segments(counts: Mapping[str, int], order: Mapping[str, object]) -> list[Segment]:
    """The pieces of a bar of width 100, in this order of names, zeros left out."""
    return list(_segments({name: counts.get(name, 0) for name in order}))


def _segments(counts: Mapping[str, int]) -> Iterator[Segment]:
    total = sum(counts.values())
    start = 0.0
    for name, count in counts.items():
        if not count:
            continue
        width = 100 * count / total
        yield Segment(name, f"{start:.2f}", f"{width:.2f}", count)
        start += width
