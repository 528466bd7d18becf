"""What a sampling took in tokens: of its draws, of its dry run, and of requests that brought nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Sum

from evaluator.errors import SamplingError
from evaluator.sampling.records import Completion
from leaderboard.models import Draw, Sampling

# Where a server counts no tokens, and before it has: so many characters make one.
CHARACTERS_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of a request. `estimated`: the server counted none, or not all."""

    prompt: int
    completion: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Where the tokens are noted of a request that brings nothing. `prompt`: a guess of what it takes."""

    sampling_id: int
    prompt: int

    def note(self, completions: Sequence[Completion]) -> None:
        """These are not kept, and were paid for."""
        spent = spent_on(completions, self.prompt)
        self._add(spent.prompt, spent.completion)

    def note_error(self, error: SamplingError) -> None:
        """By what the server says; an error that says nothing counts nothing."""
        self._add(error.prompt_tokens, error.completion_tokens)

    def note_late(self, answer: Future[list[Completion]]) -> None:
        """What comes after nobody waits for it any more, in the thread that asked."""
        try:
            error = answer.exception()
            if error is None:
                self.note(answer.result())
            elif isinstance(error, SamplingError):
                self.note_error(error)
        finally:
            connection.close()

    def _add(self, prompt: int, completion: int) -> None:
        if prompt or completion:
            Sampling.objects.filter(pk=self.sampling_id).update(
                other_prompt_tokens=F("other_prompt_tokens") + prompt,
                other_completion_tokens=F("other_completion_tokens") + completion,
            )


def spent_on(completions: Sequence[Completion], prompt_guess: int) -> Spent:
    """By the server's own count, or by a guess from the length where it has none."""
    guesses = [math.ceil(len(one.text) / CHARACTERS_PER_TOKEN) for one in completions]
    drawn = [one.completion_tokens for one in completions]
    known = [one.prompt_tokens for one in completions if one.prompt_tokens is not None]
    return Spent(
        prompt=sum(known) if known else prompt_guess,
        completion=sum(
            guess if count is None else count for guess, count in zip(guesses, drawn, strict=True)
        ),
        estimated=not known or None in drawn,
    )


def prompt_tokens(template: str, system: str, prompt: str) -> int:
    """A guess of what a problem's prompt takes."""
    return math.ceil((len(template) + len(system) + len(prompt)) / CHARACTERS_PER_TOKEN)


def tokens_used(sampling_id: int) -> int:
    """Tokens of all answers so far, prompts included, and of those that were not kept."""
    sums = Draw.objects.filter(sampling=sampling_id).aggregate(
        used=Sum(F("prompt_tokens") + F("completion_tokens"), default=0)
    )
    other = Sampling.objects.filter(pk=sampling_id).values_list(
        F("other_prompt_tokens") + F("other_completion_tokens"), flat=True
    )
    return int(sums["used"]) + (other.first() or 0)
