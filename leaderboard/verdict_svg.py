"""The bar of a row that shows how samples end, as ready markup: in templates it costs most of a page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

from leaderboard.formatting import segments
from leaderboard.verdict_words import VERDICT_WORDS


def verdict_svg(counts: Mapping[str, int]) -> SafeString:
    """One piece for each verdict, said in words for those who don't see it. Holds only words of ours.

    Nothing where nothing is counted.
    """
    pieces = segments(counts, VERDICT_WORDS)
    if not pieces:
        return mark_safe("")
    said = ", ".join(f"{VERDICT_WORDS[piece.name].word} {piece.count}" for piece in pieces)
    bars = "".join(
        f'<rect class="v-{piece.name}" x="{piece.start}" width="{piece.width}" height="1"/>'
        for piece in pieces
    )
    return mark_safe(
        f'<svg class="verdicts" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" '
        f'aria-label="{said}">{bars}</svg>'
    )
