"""How many requests a token, an account or an address may make: settings.API_RATE of them in a minute.

Counts lie in the cache "rates". Where CACHE_URL names a server all processes of the site share them; else
each process counts for itself, and a caller may get as many times API_RATE as there are processes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from time import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from redis.exceptions import RedisError

from leaderboard.api.problems import TOO_MANY, ApiProblem

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of this minute. `most` 0: nobody counts."""

    most: int
    left: int
    seconds: int

    def tell(self, response: HttpResponse) -> None:
        """Writes the RateLimit headers (draft-ietf-httpapi-ratelimit-headers)."""
        if self.most:
            response["RateLimit-Policy"] = f'"minute";q={self.most};w={SECONDS}'
            response["RateLimit"] = f'"minute";r={self.left};t={self.seconds}'


UNCOUNTED = Quota(0, 0, 0)


def count(who: str) -> Quota:
    """Counts a request of this caller. A cache server that does not answer refuses nobody."""
    most, now = settings.API_RATE, time()
    if most <= 0:
        return UNCOUNTED
    window, passed = divmod(int(now), SECONDS)
    seconds = SECONDS - passed
    key = f"rate:{sha256(who.encode()).hexdigest()[:32]}:{window}"
    used = 1
    with suppress(RedisError):
        used = _counted(key)
    return Quota(most, most - used, seconds)


def refuse_above(quota: Quota) -> None:
    """Raises ApiProblem where the caller has had its requests of this minute."""
    if quota.most and quota.left < 0:
        said = f"You have made the {quota.most} requests of this minute. Go on in {quota.seconds} s."
        raise ApiProblem(TOO_MANY, said, headers={"Retry-After": str(quota.seconds)})


def _counted(key: str) -> int:
    counts = caches["rates"]
    if counts.add(key, 1, 2 * SECONDS):
        return 1
    try:
        return int(counts.incr(key))
    except ValueError:  # pushed out between the two
        counts.set(key, 1, 2 * SECONDS)
        return 1
