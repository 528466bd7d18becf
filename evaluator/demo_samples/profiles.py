"""The made-up models of the demo and the runs that it loads."""

from __future__ import annotations

from typing import NamedTuple


class Profile(NamedTuple):
    """A made-up model. `strength` is in logits, on the scale of a problem's difficulty."""

    slug: str
    name: str
    parameters: int
    strength: float
    crudeness: float  # weight of broken text against subtle mistakes; 1 = even
    carelessness: float  # weight of insecure idioms in working code; 1 = as any other idiom


class DemoRun(NamedTuple):
    """One run of the demo."""

    profile: Profile
    temperature: float


PROFILES: dict[str, Profile] = {
    profile.slug: profile
    for profile in (
        Profile("demo-small", "Demo-Small 0.3B", 300_000_000, -3.6, 1.6, 0.5),
        Profile("demo-medium", "Demo-Medium 2B", 2_000_000_000, -1.8, 0.7, 0.35),
        Profile("demo-large", "Demo-Large 12B", 12_000_000_000, 0.1, 0.3, 0.2),
    )
}

DEMO_N = 20  # samples per problem of each run
DEMO_SEED = 1
DEMO_RUNS: tuple[DemoRun, ...] = tuple(
    DemoRun(profile, temperature) for profile in PROFILES.values() for temperature in (0.2, 0.6, 1.0)
)
