"""How small a difference a benchmark can still tell from chance."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import checked_fraction

# Shares of the variance p (1 - p) of one sample's pass or fail, over a benchmark's problems. docs/metrics.md
# names the real runs that they were rounded from.
SHARED = 0.5  # problems that are hard or easy for both models: a paired comparison takes it away
SAMPLED = 0.4  # chance of the draw: falls with the number of samples
OWN = 1.0 - SHARED - SAMPLED  # problems that suit one model: neither takes it away


def minimum_detectable_difference(
    problems: int, n: int, p: float = 0.5, power: float = 0.8, level: float = 0.95
) -> float:
    """The true difference in pass@1 that a paired comparison finds with probability `power`.

    problems >= 1; n >= 1 samples per problem of each model; p in (0, 1): pass@1 midway between the two;
    power and level in (0, 1), two-sided. Returns a difference of proportions, at most 1.
    Raises StatisticsError outside these bounds.

    (z(level) + z(power)) * sqrt(2 p (1-p) (OWN + SAMPLED / n) / problems): two models on the same
    problems, normal approximation; SHARED, SAMPLED and OWN above are assumptions about typical models.
    Source: the usual sample-size formula for paired means, e.g. Miller 2024, "Adding Error Bars to Evals".
    """
    if problems < 1 or n < 1:
        raise StatisticsError(f"problems = {problems}, n = {n}: both must be at least 1.")
    variance = checked_fraction(p, "p") * (1.0 - p)
    z_level = NormalDist().inv_cdf(0.5 + checked_fraction(level, "level") / 2.0)
    z_power = NormalDist().inv_cdf(checked_fraction(power, "power"))
    spread = sqrt(2.0 * variance * (OWN + SAMPLED / n) / problems)
    return min(1.0, max(0.0, z_level + z_power) * spread)
