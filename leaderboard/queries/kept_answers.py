"""Answers that were kept for requests that come again."""

from __future__ import annotations

from leaderboard.models import KeptAnswer
from leaderboard.queries.visibility import Reader


def answer_of(reader: Reader, key_digest: str) -> KeptAnswer | None:
    """What is kept under the hash of a key of this reader."""
    return KeptAnswer.objects.filter(owner_id=reader.pk, key=key_digest).first()
