"""Completions of weights on this machine: a folder, or a name on the Hugging Face hub.

It needs what requirements-local.txt lists; nothing of it is imported before weights are loaded. Weights are
read from safetensors alone, which hold numbers and no programs, and no code of a model's is ever run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluator.errors import WeightsUnusable
from evaluator.sampling.records import Completion, Kind, SamplingRequest
from evaluator.sampling.stops import cut

BATCH = 8  # completions at a time
SAID_CHARACTERS = 300
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_MISSING = (
    "Local weights need torch and transformers, which are not installed here. `scripts/setup local` makes "
    ".venv-local with them; start the sampling worker with its Python."
)


@dataclass(frozen=True, slots=True)
class Weights:
    """A model in memory; its parts are those of `transformers`."""

    model: Any
    tokenizer: Any

    def draws(self, request: SamplingRequest, kind: Kind = Kind.COMPLETIONS) -> Iterator[Completion]:
        """`request.n` completions, the i-th from the seed `request.seed + i`; the same ones again each time.

        Log-probabilities are the model's own, before temperature and top_p. Raises WeightsUnusable where
        the prompt doesn't fit, the tokenizer has no chat template, or the memory doesn't suffice.
        """
        import torch

        from evaluator.sampling.decoding import Row, decode

        prompt = self._prompt(request, kind)
        rules = self._rules(request, len(prompt))
        base = self._text(prompt)
        for start in range(0, request.n, BATCH):
            places = range(start, min(start + BATCH, request.n))
            rows = [Row(None if request.seed is None else request.seed + place) for place in places]
            try:
                decode(self.model, prompt, rows, rules, self._text)
            except torch.OutOfMemoryError:
                raise WeightsUnusable("The memory does not suffice for this model and prompt.") from None
            for place, row in zip(places, rows, strict=True):
                yield self._completion(request, prompt, base, row, first=place == 0)

    def _prompt(self, request: SamplingRequest, kind: Kind) -> list[int]:
        if kind is Kind.COMPLETIONS:
            return list(self.tokenizer(request.prompt)["input_ids"])
        if not self.tokenizer.chat_template:
            raise WeightsUnusable("This model has no chat template: sample it as completions.")
        system = [{"role": "system", "content": request.system}] if request.system else []
        messages = [*system, {"role": "user", "content": request.prompt}]
        text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _rules(self, request: SamplingRequest, prompt_tokens: int) -> Any:
        from evaluator.sampling.decoding import Rules

        longest = getattr(self.model.config, "max_position_embeddings", None) or 1 << 30
        room = longest - prompt_tokens
        if room < 1 or not prompt_tokens:
            raise WeightsUnusable(
                f"The prompt has {prompt_tokens} tokens; this model takes 1 to {longest - 1}."
            )
        ends = self.model.generation_config.eos_token_id
        ends = ends if isinstance(ends, list) else [ends, self.tokenizer.eos_token_id]
        return Rules(
            request.temperature,
            request.top_p,
            min(request.max_tokens, room),
            request.stop,
            frozenset(end for end in ends if end is not None),
        )

    def _text(self, tokens: list[int]) -> str:
        text: str = self.tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def _completion(
        self, request: SamplingRequest, prompt: list[int], base: str, row: Any, *, first: bool
    ) -> Completion:
        def text_after(count: int) -> str:
            # Decoded with the prompt: alone, some tokenizers swallow the first space.
            whole = self._text(prompt + row.tokens[:count])
            return whole[len(base) :] if whole.startswith(base) else self._text(row.tokens[:count])

        text = text_after(len(row.tokens))
        kept = cut(text, request.stop)
        count = len(row.tokens)
        while count and kept != text and len(text_after(count - 1)) >= len(kept):
            count -= 1  # this token begins behind the cut
        total = math.fsum(row.logprobs[:count]) if count else None
        return Completion(
            kept.replace("\x00", "\ufffd"),
            row.finish_reason,
            total,
            None if total is None else total / count,
            len(prompt) if first else 0,
            len(row.tokens),
        )


@lru_cache(maxsize=1)
def load(name: str, revision: str | None = None, device: str = "auto") -> Weights:
    """The weights in a folder or under a hub's name; the last loaded ones stay in memory.

    `device`: "cpu", "cuda", "cuda:1" …; "auto" takes a GPU where there is one. Raises WeightsUnusable for
    what can't be read, has no safetensors or wants code of its own, and where torch is missing.
    """
    if not (name and Path(name).is_dir()) and not _HUB_NAME.fullmatch(name):
        raise WeightsUnusable("Weights are named by a folder on this machine, or as organisation/model.")
    try:
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError:
        raise WeightsUnusable(_MISSING) from None
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    safe = {"trust_remote_code": False, "revision": revision or "main"}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **safe)
        model = AutoModelForCausalLM.from_pretrained(name, use_safetensors=True, dtype="auto", **safe)
        return Weights(model.to(device).eval(), tokenizer)
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, ImportError, SafetensorError) as error:
        if "trust_remote_code" in str(error):
            raise WeightsUnusable(
                "These weights bring code of their own, which is never run here."
            ) from error
        said = " ".join(str(error).split())[:SAID_CHARACTERS]
        raise WeightsUnusable(f"These weights can't be loaded: {said}") from error
