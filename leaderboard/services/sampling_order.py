"""What is asked of a sampling, checked once: what forms and the API give to `services.sampling`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from evaluator.errors import InputError
from evaluator.records import Limits
from evaluator.sampling.records import PAPER_STOPS, Endpoint, Kind, SamplingRequest
from evaluator.sampling.templates import PLACE, PromptTemplate
from leaderboard.errors import SamplingRefused
from leaderboard.models import Run, Sampling, ServerKey
from leaderboard.time_limit import DEFAULT_LIMITS

# Instead of an address: weights on the machine of the sampling worker, which `Server.model` names.
LOCAL = "local"
MOST_SAMPLES = 1000  # of a problem, at one temperature
MOST_TEMPERATURES = 12
MOST_TOKENS = 32_768  # of one answer
MOST_STOPS = 16
MOST_PARALLEL = 64
MOST_PER_MINUTE = 100_000
MOST_PER_REQUEST = 128
MOST_SEED = 2**31 - 1  # what every server takes that takes one


@dataclass(frozen=True, slots=True)
class Server:
    """A model server and how it may be asked. Prices are per million tokens, in the user's currency."""

    address: str
    model: str
    kind: Kind = Kind.COMPLETIONS
    parallel: int = 4
    per_minute: int | None = None
    per_request: int = 1  # samples that one request asks for; servers that give fewer are asked again
    prompt_price: float | None = None
    completion_price: float | None = None


@dataclass(frozen=True, slots=True)
class Decoding:
    """How samples are drawn; as `SamplingRequest` has it, and the paper's defaults."""

    n: int = 1
    temperatures: tuple[float, ...] = (0.2,)  # each is a run of its own
    top_p: float = 0.95
    max_tokens: int = 512
    stop: tuple[str, ...] = PAPER_STOPS
    logprobs: bool = True
    template: str = PLACE
    system: str = ""
    clean: bool = True  # make programs of chat answers, as is done with files
    seed: int | None = None  # of the whole sampling, 0 to MOST_SEED; None: servers are sent none

    def seed_of(self, task_id: str, temperature: float, place: int) -> int | None:
        """The seed of a problem's sample at this place, from 0; that of a request is that of its first one.

        Each problem and temperature has a stretch of its own, so that none draws what another one drew.
        """
        if self.seed is None:
            return None
        digest = hashlib.sha256(f"{self.seed}/{temperature!r}/{task_id}".encode()).digest()
        return int.from_bytes(digest[:4]) % (MOST_SEED + 1 - MOST_SAMPLES) + place

    def request(self, prompt: str, temperature: float, n: int, seed: int | None = None) -> SamplingRequest:
        """What a server is asked for this problem's prompt."""
        return SamplingRequest(
            prompt=self.template.replace(PLACE, prompt, 1),
            n=n,
            temperature=temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            stop=self.stop,
            seed=seed,
            logprobs=self.logprobs,
            system=self.system,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """The server's key: a text, or one that the owner keeps here. In no `repr`."""

    text: str = field(default="", repr=False)
    kept: ServerKey | None = None


NO_KEY = Key()


@dataclass(frozen=True, slots=True)
class SamplingOrder:
    """All of one sampling but benchmark, owner and key. `token_cap`: prompts and answers together."""

    model_name: str
    server: Server
    decoding: Decoding = Decoding()
    has_key: bool = False  # written when it is stored
    organisation: str = ""
    parameters: int | None = None
    token_cap: int | None = None
    visibility: str = Run.Visibility.PUBLIC
    shared_with: str = ""  # slug of the organisation that its runs are put into
    note: str = ""
    limits: Limits = DEFAULT_LIMITS

    @property
    def endpoint(self) -> Endpoint:
        """The server as the evaluator knows it, without a key."""
        return Endpoint(self.server.address, self.server.model, self.server.kind)

    def as_json(self) -> dict[str, Any]:
        """The form of `Sampling.order`."""
        return asdict(self)


def order_of(sampling: Sampling) -> SamplingOrder:
    """What was asked, as it is stored."""
    return from_json(sampling.order)


def from_json(raw: Mapping[str, Any]) -> SamplingOrder:
    """The order of `SamplingOrder.as_json`."""
    server, decoding = raw["server"], raw["decoding"]
    many = {name: tuple(decoding[name]) for name in ("temperatures", "stop")}
    return SamplingOrder(
        **{
            **raw,
            "server": Server(**{**server, "kind": Kind(server["kind"])}),
            "decoding": Decoding(**{**decoding, **many}),
            "limits": Limits(**raw["limits"]),
        }
    )


def checked(order: SamplingOrder) -> SamplingOrder:
    """The order, temperatures sorted and each once. Raises SamplingRefused for what no server can do."""
    server, decoding = order.server, order.decoding
    _within("n", decoding.n, MOST_SAMPLES)
    _within("max_tokens", decoding.max_tokens, MOST_TOKENS)
    _within("parallel", server.parallel, MOST_PARALLEL)
    _within("per_request", server.per_request, MOST_PER_REQUEST)
    if decoding.seed is not None and not 0 <= decoding.seed <= MOST_SEED:
        raise SamplingRefused(f"The seed must be from 0 to {MOST_SEED:,}.", "seed")
    if server.per_minute is not None:
        _within("per_minute", server.per_minute, MOST_PER_MINUTE)
    if order.token_cap is not None and order.token_cap < 1:
        raise SamplingRefused("The spending cap must be at least 1 token.", "token_cap")
    if not server.model.strip():
        raise SamplingRefused("Say by which name the server knows the model.", "server_model")
    temperatures = tuple(sorted(set(decoding.temperatures)))
    if not 1 <= len(temperatures) <= MOST_TEMPERATURES:
        message = f"Give 1 to {MOST_TEMPERATURES} temperatures: each is a run of its own."
        raise SamplingRefused(message, "temperatures")
    if len(decoding.stop) > MOST_STOPS:
        raise SamplingRefused(f"Give {MOST_STOPS} stop sequences at most.", "stop")
    try:
        PromptTemplate("", "", server.kind, decoding.template, decoding.system)
    except InputError as error:
        raise SamplingRefused(str(error), "template") from error
    checked_decoding = replace(decoding, temperatures=temperatures)
    for temperature in temperatures:
        try:
            checked_decoding.request("", temperature, 1)
        except ValueError as error:
            raise SamplingRefused(f"{error}.".capitalize(), "temperatures") from error
    return replace(order, decoding=checked_decoding)


def told_of_run(order: SamplingOrder) -> dict[str, Any]:
    """`Run.sampled_as`: how samples were drawn, without address and key. Everybody who sees a run sees it."""
    decoding = order.decoding
    return {
        "n": decoding.n,
        "max_tokens": decoding.max_tokens,
        "stop": list(decoding.stop),
        "template": decoding.template,
        "system": decoding.system,
        "logprobs": decoding.logprobs,
        "clean": decoding.clean,
        "seed": decoding.seed,
        "server": order.server.kind.value,
        "local": order.server.address == LOCAL,
        "server_model": order.server.model,
    }


def _within(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise SamplingRefused(f"{name} must be from 1 to {most:,}.", name)
