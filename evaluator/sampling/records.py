"""The nouns of sampling: where completions come from, what is asked for, what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

# Chen et al. 2021, section 2.1: where a function that continues a prompt has ended.
PAPER_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")


class Kind(StrEnum):
    """Which of the two questions an OpenAI-compatible server is asked."""

    COMPLETIONS = "completions"  # the prompt is continued: base models
    CHAT = "chat"  # the prompt is a message: instruction-tuned models


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an OpenAI-compatible server. Key and headers are in no `repr`."""

    base_url: str  # up to and without "/completions", usually ends in "/v1"
    model: str  # the name that the server knows it by
    kind: Kind = Kind.COMPLETIONS
    key: str = field(default="", repr=False)  # sent as "Authorization: Bearer …"; empty: none is sent
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # further ones, as some hosts want
    max_stops: int = 4  # how many stop sequences the server takes (OpenAI: 4); the rest is cut here


@dataclass(frozen=True, slots=True)
class SamplingRequest:
    """How many completions of one prompt, and how they are drawn."""

    prompt: str  # sent as it is to `completions`, as the user's message to `chat` (see templates.py)
    n: int = 1
    temperature: float = 0.8  # 0 is greedy
    top_p: float = 0.95
    max_tokens: int = 512
    stop: tuple[str, ...] = PAPER_STOPS  # each text is cut before the first of them, whatever the server does
    seed: int | None = None  # the i-th completion is asked for with seed + i where the server counts singly
    logprobs: bool = True  # ask for log-probabilities; a server that has none is asked without
    system: str = ""  # chat only: the system message; empty: none

    def __post_init__(self) -> None:
        if self.n < 1 or self.max_tokens < 1:
            raise ValueError("n and max_tokens must be at least 1")
        if not 0 <= self.temperature <= 2 or not 0 < self.top_p <= 1:
            raise ValueError("temperature must be from 0 to 2, top_p above 0 and at most 1")
        if "" in self.stop:
            raise ValueError("a stop sequence must not be empty")


@dataclass(frozen=True, slots=True)
class Completion:
    """One text that a model drew, cut at the first stop sequence.

    Log-probabilities are natural logarithms, of the tokens that begin inside the kept text; None where the
    server gives none or its tokens can't be laid over the text. Token counts are the server's own: summed
    over the completions of a request they are what it counted, so a request's prompt stands on its first.
    """

    text: str
    finish_reason: str  # "stop", "length" (max_tokens was reached), or what else the server says
    sum_logprob: float | None = None
    mean_logprob: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
