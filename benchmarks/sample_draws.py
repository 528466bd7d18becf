"""Drawing the samples of one cell from judged texts, as a model of some skill and heat would."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random

from benchmarks.judged_texts import Text
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample

_REMARKS = ("done", "see above", "edge cases", "simple version", "as asked", "checked by hand", "O(n)")


def cell_content(texts: Sequence[Text], skill: float, hot: bool, n: int, rng: Random) -> CellContent:
    """n samples of one problem. `skill` is in logits; hot samples spread over more texts.

    A text that was drawn before often comes with another remark at its end: a program of its own that
    behaves alike, as most samples of a real model do.
    """
    chance = 1.0 / (1.0 + exp(-(skill / 1.3 - 0.3) if hot else -skill / 0.6))
    right = [text for text in texts if text.right]
    wrong = [text for text in texts if not text.right]
    shares = {True: _shares(right, hot, rng), False: _shares(wrong, hot, rng)}
    programs: dict[str, int] = {}
    content = CellContent([], [])
    for line in range(n):
        side = rng.random() < chance
        text = rng.choices(right if side else wrong, shares[side])[0]
        source = text.source + _remark(hot, rng)
        index = programs.setdefault(source, len(programs))
        if index == len(content.programs):
            content.programs.append(StoredProgram(source, text.judgement, text.findings))
        logprob = -exp(rng.gauss(-1.4 if side else -1.1, 0.35))
        content.samples.append(StoredSample(index, line + 1, {"mean_logprob": round(logprob, 4)}))
    return content


def _shares(texts: Sequence[Text], hot: bool, rng: Random) -> list[float]:
    """How likely each text is. Some are much likelier than others, with cool samples above all."""
    return [exp(rng.gauss(0.0, 1.0 if hot else 2.0)) for _ in texts]


def _remark(hot: bool, rng: Random) -> str:
    """A comment after the program; none as often as a real file of samples repeats itself."""
    if rng.random() < (0.3 if hot else 0.6):
        return ""
    return f"    # {rng.choice(_REMARKS)} ({rng.randrange(40)})\n"
