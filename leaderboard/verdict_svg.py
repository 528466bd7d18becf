"""The bar of verdicts of a table's row. Made here and not in a template: a page has hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

from leaderboard.formatting import segments
from leaderboard.verdict_words import VERDICT_WORDS


def verdict_svg(counts: Mapping[str, int]) -> SafeString:
    """The bar as SVG, which says its counts to those who can't see it. Holds nothing but our own words.

    Nothing where nothing was counted.
    """
    pieces = segments(counts, VERDICT_WORDS)
    if not pieces:
        return SafeString()
    said = ", ".join(f"{VERDICT_WORDS[piece.name].word} {piece.count}" for piece in pieces)
    parts = "".join(
        f'<rect class="v-{piece.name}" x="{piece.start}" width="{piece.width}" height="1"/>'
        for piece in pieces
    )
    return mark_safe(
        '<svg class="verdicts" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" '
        f'aria-label="{said}"><title>{said}</title>{parts}</svg>'
    )
