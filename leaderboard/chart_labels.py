"""Where the direct labels of a chart have room, so that none lies upon another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.formatting import shortened

_LETTER = 6.4  # pixels, of the labels' 11 px type
_LINE = 14.0
_MARK = 4.0  # half of a mark
_LONGEST = 26  # letters; names are cut beyond


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label and the pixel it belongs to, from the plot's lower left corner."""

    text: str
    x: float
    y: float

    @property
    def width(self) -> float:
        return len(self.text) * _LETTER


def label_text(name: str) -> str:
    """A name as short as a label must be."""
    return shortened(name, _LONGEST)


def with_room(anchors: Sequence[Anchor], plot_width: float) -> list[bool]:
    """Which labels fit centred above their marks, upon no other mark or label, the first ones first."""
    taken: list[Anchor] = []
    fits = []
    for anchor in anchors:
        inside = anchor.width / 2 - 30 < anchor.x < plot_width + 5 - anchor.width / 2
        free = not any(_collide(anchor, other) for other in taken)
        if inside and free and not any(_covers(anchor, other) for other in anchors if other is not anchor):
            taken.append(anchor)
        fits.append(anchor in taken)
    return fits


def spread(anchors: Sequence[Anchor]) -> list[float]:
    """Heights (pixels) of labels to the right of their marks: moved down where they would overlap."""
    heights = [anchor.y for anchor in anchors]
    placed: list[int] = []
    for place in sorted(range(len(anchors)), key=lambda place: -anchors[place].y):
        label = anchors[place]
        for other in placed:
            beside = (
                label.x < anchors[other].x + anchors[other].width and anchors[other].x < label.x + label.width
            )
            if beside and heights[place] > heights[other] - _LINE:
                heights[place] = heights[other] - _LINE
        placed.append(place)
    return heights


def _covers(label: Anchor, mark: Anchor) -> bool:
    return abs(label.x - mark.x) < label.width / 2 + _MARK and 0 < mark.y - label.y < _LINE + _MARK


def _collide(one: Anchor, other: Anchor) -> bool:
    return abs(one.x - other.x) < (one.width + other.width) / 2 and abs(one.y - other.y) < _LINE
