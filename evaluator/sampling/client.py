"""Completions of a model behind an OpenAI-compatible server: vLLM, llama.cpp, Ollama, hosted ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from evaluator.errors import EndpointRefused, SamplingError
from evaluator.sample_files.strict_json import FieldError
from evaluator.sampling.answers import completions_of, used_in
from evaluator.sampling.caller import Answer, Caller, Question, shared_caller
from evaluator.sampling.guard import Reach, target_of
from evaluator.sampling.records import Completion, Endpoint, Kind, SamplingRequest
from evaluator.sampling.refusals import failure_of, redacted
from evaluator.sampling.stops import sendable

_PATHS = {Kind.COMPLETIONS: "/completions", Kind.CHAT: "/chat/completions"}
_OF_THE_CONNECTION = {
    "connection",
    "content-length",
    "expect",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_OWN_HEADERS = _OF_THE_CONNECTION | {
    "accept",
    "accept-encoding",
    "content-type",
    "cookie",
    "host",
    "user-agent",
}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a server turned out not to take; kept with the caller, so that it is asked wrongly once."""

    many: bool = True  # several completions by one question
    logprobs: bool = True
    stop: bool = True
    seed: bool = True
    new_length: bool = False  # newer chat models say max_completion_tokens for max_tokens

    def without(self, said: str, body: dict[str, Any]) -> Habits | None:
        """Habits for another try after a 400 that says this; None where nothing is left to leave out."""
        if "max_completion_tokens" in said and "max_tokens" in body:
            return replace(self, new_length=True)
        if "logprob" in said and "logprobs" in body:
            return replace(self, logprobs=False)
        if "stop" in said and "stop" in body:
            return replace(self, stop=False)
        if "seed" in said and "seed" in body:
            return replace(self, seed=False)
        return replace(self, many=False) if body.get("n", 1) > 1 else None


_known: WeakKeyDictionary[Caller, dict[tuple[str, str, Kind], Habits]] = WeakKeyDictionary()
MOST_KNOWN = 1000
BYTES_PER_TOKEN = 1024  # in an answer, with its log-probability, its bytes and a few alternatives


def draw(endpoint: Endpoint, request: SamplingRequest, caller: Caller | None = None) -> list[Completion]:
    """`request.n` completions. Raises EndpointRefused or EndpointBusy; see `draws` for what came before."""
    return list(draws(endpoint, request, caller))


def draws(endpoint: Endpoint, request: SamplingRequest, caller: Caller | None = None) -> Iterator[Completion]:
    """`request.n` completions as they come: by one answer where the server can, singly where it can't.

    `caller` decides which addresses are reached; without one, the public internet by https.

    Raises EndpointRefused where asking again won't help, EndpointBusy where it may. What was yielded
    before an error was drawn and paid for; a caller that resumes asks for the rest, with the seed moved on.
    """
    drawn = 0
    while drawn < request.n:
        found = draw_some(endpoint, _rest_of(request, drawn), caller)
        drawn += len(found)
        yield from found


def draw_some(endpoint: Endpoint, request: SamplingRequest, caller: Caller | None = None) -> list[Completion]:
    """What one good answer brings: 1 to `request.n` completions. Raises what `draws` raises.

    Only questions that the server refuses for their form are followed by others, which bring nothing twice.
    """
    caller = caller or shared_caller(Reach())
    while True:
        habits = _habits(endpoint, caller)
        body = _body(endpoint, request, habits)
        answer = _ask(endpoint, request, caller, body)
        if answer.status in (400, 422) and (other := _adapted(habits, answer, body)):
            _habits(endpoint, caller, other)
            continue
        found = _counted(endpoint, request, answer)
        if len(found) < body.get("n", 1):
            _habits(endpoint, caller, replace(habits, many=False))
        return found


def _rest_of(request: SamplingRequest, drawn: int) -> SamplingRequest:
    """The same request for what is still to be drawn."""
    seed = None if request.seed is None else request.seed + drawn
    return replace(request, n=request.n - drawn, seed=seed)


def _adapted(habits: Habits, answer: Answer, body: dict[str, Any]) -> Habits | None:
    said = answer.body[:20_000].decode("utf-8", "replace").lower()
    return habits.without(said, body)


def _habits(endpoint: Endpoint, caller: Caller, learnt: Habits | None = None) -> Habits:
    """What is known of an endpoint, or is from now on."""
    known = _known.setdefault(caller, {})
    if len(known) > MOST_KNOWN:
        known.clear()
    place = (endpoint.base_url, endpoint.model, endpoint.kind)
    if learnt is not None:
        known[place] = learnt
    return known.get(place, Habits())


def _body(endpoint: Endpoint, request: SamplingRequest, habits: Habits) -> dict[str, Any]:
    chat = endpoint.kind is Kind.CHAT
    body: dict[str, Any] = {"model": endpoint.model, "temperature": request.temperature}
    body |= {"messages": _messages(request)} if chat else {"prompt": request.prompt}
    body["max_completion_tokens" if habits.new_length else "max_tokens"] = request.max_tokens
    if request.top_p < 1:  # some servers want only one of it and the temperature
        body["top_p"] = request.top_p
    if habits.many and request.n > 1:
        body["n"] = request.n
    if habits.stop and (stops := sendable(request.stop, endpoint.max_stops)):
        body["stop"] = stops
    if habits.seed and request.seed is not None:
        body["seed"] = request.seed
    if habits.logprobs and request.logprobs:
        body["logprobs"] = True if chat else 1
    return body


def _messages(request: SamplingRequest) -> list[dict[str, str]]:
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, {"role": "user", "content": request.prompt}]


def _ask(endpoint: Endpoint, request: SamplingRequest, caller: Caller, body: dict[str, Any]) -> Answer:
    target = target_of(endpoint.base_url, caller.reach)
    # JSON takes a multiple of its size when it is read, so a hostile answer gets no more room than it needs.
    room = (1 << 20) + body.get("n", 1) * request.max_tokens * BYTES_PER_TOKEN
    question = Question(_PATHS[endpoint.kind], _headers(endpoint), json.dumps(body).encode(), room)
    return caller.post(target, question)


def _headers(endpoint: Endpoint) -> tuple[tuple[bytes, bytes], ...]:
    """Headers of the endpoint. Raises EndpointRefused for what isn't ASCII, without repeating it."""
    if not all(
        text.isascii() for text in (endpoint.key, *(part for pair in endpoint.headers for part in pair))
    ):
        raise EndpointRefused("The key and the headers may hold ASCII characters only.")
    if any(name.lower() in _OWN_HEADERS for name, _ in endpoint.headers):
        raise EndpointRefused(
            f"These headers are not for endpoints to set: {', '.join(sorted(_OWN_HEADERS))}."
        )
    key = (("authorization", f"Bearer {endpoint.key}"),) if endpoint.key else ()
    return tuple((name.lower().encode(), value.encode()) for name, value in (*key, *endpoint.headers))


def _counted(endpoint: Endpoint, request: SamplingRequest, answer: Answer) -> list[Completion]:
    """`_read`, whose errors know what the answer took."""
    try:
        return _read(endpoint, request, answer)
    except SamplingError as error:
        error.prompt_tokens, error.completion_tokens = used_in(answer.body)
        raise


def _read(endpoint: Endpoint, request: SamplingRequest, answer: Answer) -> list[Completion]:
    """The completions of an answer. Raises EndpointRefused or EndpointBusy."""
    if answer.status != 200:
        raise failure_of(answer, endpoint)
    if not answer.has_type("application/json"):
        what = "an HTML page" if answer.has_type("text/html") else "something"
        raise EndpointRefused(
            f"The server answers with {what} that is not JSON: is the address complete, such as …/v1?"
        )
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise EndpointRefused("The server packs its answer although it was asked not to.")
    try:
        return completions_of(answer.body, request.stop, request.n)
    except FieldError as error:
        raise EndpointRefused(redacted(f"The server's answer makes no sense: {error}.", endpoint)) from None
