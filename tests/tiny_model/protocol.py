"""OpenAI's two questions and their answers, as servers give them; what is wrong is said with a status."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Any

from tests.tiny_model.drawing import Drawn, TinyModel, Wish

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


class Refusal(Exception):
    def __init__(self, status: int, message: str, code: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": code, "code": code}}


@dataclass(frozen=True)
class Dialect:
    """How servers differ."""

    many: bool = True  # takes n > 1; llama.cpp and Ollama refused it for long
    ignores_n: bool = False  # answers with one choice, whatever n says
    logprobs: bool = True
    most_stops: int = 4
    keeps_stop: bool = False  # leaves the stop sequence at the text's end
    ignores_stop: bool = False
    chat_logprobs_everywhere: bool = False  # llama.cpp's shape of log-probabilities
    new_length: bool = False  # refuses max_tokens, wants max_completion_tokens
    seeds: bool = True  # takes a seed


def answer(path: str, asked: dict[str, Any], model: TinyModel, dialect: Dialect) -> dict[str, Any]:
    """The answer to a request's body. Raises Refusal."""
    chat = path == "/v1/chat/completions"
    if asked.get("model") != model.name:
        raise Refusal(404, f"The model `{asked.get('model')}` does not exist.", "model_not_found")
    wish = wish_of(asked, chat, dialect)
    times = asked.get("n", 1)
    if times > 1 and not dialect.many:
        raise Refusal(400, "Only one completion choice is allowed")
    if asked.get("logprobs") and not dialect.logprobs:
        raise Refusal(400, "logprobs are not supported by this model")
    seeds = [None if wish.seed is None else wish.seed + place for place in range(times)]
    drawn = [model.draw(replace(wish, seed=seed)) for seed in seeds[: 1 if dialect.ignores_n else times]]
    if chat:
        drawn = [in_fence(wish, one) for one in drawn]
    choices = [
        _choice(place, one, wish, chat, dialect, bool(asked.get("logprobs")))
        for place, one in enumerate(drawn)
    ]
    used = {
        "prompt_tokens": model.count(wish.prompt),
        "completion_tokens": sum(len(one.tokens) for one in drawn),
    }
    usage = used | {"total_tokens": sum(used.values())}
    kind = "chat.completion" if chat else "text_completion"
    return {"id": "tiny-1", "object": kind, "model": model.name, "choices": choices, "usage": usage}


def wish_of(asked: dict[str, Any], chat: bool, dialect: Dialect) -> Wish:
    """A request's body, read. Raises Refusal."""
    length = "max_completion_tokens" if dialect.new_length else "max_tokens"
    if dialect.new_length and "max_tokens" in asked:
        raise Refusal(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    if "seed" in asked and not dialect.seeds:
        raise Refusal(400, "Unsupported parameter: 'seed'.")
    stops = asked.get("stop") or []
    stops = [stops] if isinstance(stops, str) else stops
    if len(stops) > dialect.most_stops:
        raise Refusal(400, f"'stop': at most {dialect.most_stops} sequences are taken")
    if asked.get("stream"):
        raise Refusal(400, "no streams here")
    prompt = code_in(asked["messages"][-1]["content"]) if chat else asked["prompt"]
    return Wish(
        prompt,
        int(asked.get(length, 16)),
        float(asked.get("temperature", 1)),
        float(asked.get("top_p", 1)),
        () if dialect.ignores_stop else tuple(stops),
        asked.get("seed"),
    )


def code_in(message: str) -> str:
    """What stands in the message's first Python block; all of it where there is none."""
    found = _BLOCK.search(message)
    return found[1] if found else message


def in_fence(wish: Wish, drawn: Drawn) -> Drawn:
    """A chat's answer: the whole program in a Markdown block, the sure tokens with a log-probability of 0."""
    before, after = ("Here it is:\n\n", "```python\n", wish.prompt), ("\n", "```")
    logprobs = (0.0,) * len(before) + drawn.logprobs + (0.0,) * len(after)
    return Drawn((*before, *drawn.tokens, *after), logprobs, drawn.finish_reason)


def _choice(
    place: int, drawn: Drawn, wish: Wish, chat: bool, dialect: Dialect, scored: bool
) -> dict[str, Any]:
    text = "".join(drawn.tokens)
    ends = [text.find(stop) for stop in wish.stop if stop in text]
    if ends and not dialect.keeps_stop:
        text = text[: min(ends)]
    choice: dict[str, Any] = {"index": place, "finish_reason": drawn.finish_reason, "logprobs": None}
    choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    if scored:
        shape = _chat_logprobs if chat or dialect.chat_logprobs_everywhere else _logprobs
        choice["logprobs"] = shape(drawn)
    return choice


def _logprobs(drawn: Drawn) -> dict[str, Any]:
    """All that were drawn, the stop sequence's tokens among them, as vLLM does."""
    lengths = [len(token) for token in drawn.tokens]
    return {
        "tokens": list(drawn.tokens),
        "token_logprobs": list(drawn.logprobs),
        "text_offset": list(itertools.accumulate(lengths, initial=0))[:-1],
        "top_logprobs": None,
    }


def _chat_logprobs(drawn: Drawn) -> dict[str, Any]:
    entries = [
        {"token": token, "logprob": value, "bytes": list(token.encode()), "top_logprobs": []}
        for token, value in zip(drawn.tokens, drawn.logprobs, strict=True)
    ]
    return {"content": entries, "refusal": None}
