"""A sampling's model server, ready to be asked: its key opened, its reach as the operator allows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import User

from evaluator.errors import EndpointRefused, SamplingError, WeightsUnusable
from evaluator.sampling.caller import shared_caller
from evaluator.sampling.client import draw_some
from evaluator.sampling.guard import Reach, target_of
from evaluator.sampling.local import load
from evaluator.sampling.records import Completion, Endpoint, SamplingRequest
from leaderboard.errors import SamplingRefused, SecretLost
from leaderboard.models import Sampling, ServerKey
from leaderboard.services import secrets
from leaderboard.services.sampling_order import LOCAL, Server, order_of

_WRONG_KEY = (401, 403)
_OPERATOR = "Its operator can allow networks"  # how the guard speaks of private networks
# One draw at a time: it takes all cores, or the GPU.
_weights_in_use = threading.Lock()
HOW_TO_ALLOW = (
    "For a server on the machine that runs this site: SAMPLING_ALLOWED_NETWORKS=127.0.0.0/8,::1/128 make run"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The endpoint with its key, which is in no `repr`."""

    endpoint: Endpoint = field(repr=False)

    def draw(self, request: SamplingRequest) -> list[Completion]:
        """What one request brings: 1 to `request.n` completions. Raises SamplingError."""
        if self.endpoint.base_url == LOCAL:
            return _draw_local(self.endpoint, request)
        return draw_some(self.endpoint, request, shared_caller(reach()))

    def told(self, error: SamplingError) -> str:
        """What went wrong and what to do, without the key."""
        said = secrets.redacted(str(error), self.endpoint.key)
        if not isinstance(error, EndpointRefused):
            return said
        return f"{said} {_advice(error)}".strip()


def asked_of(sampling: Sampling) -> Asked:
    """The sampling's server. Raises SecretLost where its key can't be opened, or was deleted."""
    order = order_of(sampling)
    stored = sampling.secret
    if order.has_key and not stored:
        if sampling.server_key is None:
            raise SecretLost("The key was deleted. Give it again.")
        stored = sampling.server_key.secret
    endpoint = order.endpoint
    return Asked(Endpoint(endpoint.base_url, endpoint.model, endpoint.kind, key=secrets.decrypt(stored)))


def reach() -> Reach:
    """How far this site may call. Raises InputError where the operator's setting can't be read."""
    return Reach.of(",".join(settings.SAMPLING_ALLOWED_NETWORKS))


def check_server(server: Server) -> None:
    """Raises SamplingRefused for an address that is refused by its spelling; names are looked up later."""
    if server.address == LOCAL:
        try:
            _check_local(server.model)
        except WeightsUnusable as refused:
            raise SamplingRefused(str(refused), "server_model") from refused
        return
    server_of(server.address)


def server_of(address: str) -> str:
    """The server of an address, https://api.example.com of https://api.example.com/v1: what a key belongs to.

    Raises SamplingRefused for an address that is refused by its spelling.
    """
    try:
        target = target_of(address, reach())
    except EndpointRefused as refused:
        raise SamplingRefused(f"{refused} {_advice(refused)}".strip(), "address") from refused
    return f"{target.scheme}://{target.host_header}"


def check_kept(key: ServerKey, owner: User, address: str) -> None:
    """Raises SamplingRefused unless the key is the owner's, and kept for the server of this address."""
    if key.owner_id != owner.pk:
        raise SamplingRefused("There is no such key of yours.", "kept_key")
    if not key.server:
        said = f"The key “{key.name}” is older than the rule that keys belong to a server. Keep it anew."
        raise SamplingRefused(said, "kept_key")
    if address == LOCAL or key.server != server_of(address):
        said = f"The key “{key.name}” is kept for {key.server}, and is sent nowhere else."
        raise SamplingRefused(said, "kept_key")


def _check_local(model: str) -> None:
    """Raises WeightsUnusable for weights that the operator does not offer."""
    if model not in settings.SAMPLING_LOCAL_MODELS:
        offered = ", ".join(settings.SAMPLING_LOCAL_MODELS) or "none"
        raise WeightsUnusable(
            f"This site doesn't offer these weights on its own machine. It offers: {offered}."
        )


def _draw_local(endpoint: Endpoint, request: SamplingRequest) -> list[Completion]:
    _check_local(endpoint.model)
    with _weights_in_use:
        return list(load(endpoint.model).draws(request, endpoint.kind))


def _advice(refused: EndpointRefused) -> str:
    if refused.status in _WRONG_KEY:
        return "Resume with another key."
    return HOW_TO_ALLOW if _OPERATOR in str(refused) else ""
