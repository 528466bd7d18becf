"""Where the uncertainty of a run's pass@1 comes from: its problems or its samples."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import checked_counts


@dataclass(frozen=True, slots=True)
class Noise:
    """Two standard deviations of the mean pass@1, in the unit of pass@1 (0 … 1).

    `problem_sd` would stay with endless samples: only more problems lower it. `sample_sd` falls with
    the square root of the number of samples per problem.
    """

    problem_sd: float
    sample_sd: float

    @property
    def total_sd(self) -> float:
        return sqrt(self.problem_sd**2 + self.sample_sd**2)

    @property
    def sample_share(self) -> float:
        """Share of the variance that more samples can take away, in [0, 1]; 0 where there is no noise."""
        total = self.total_sd**2
        return self.sample_sd**2 / total if total > 0 else 0.0


def noise_split(n: ArrayLike, c: ArrayLike) -> Noise:
    """Split the noise of the mean pass@1 into what the problems and what the samples bring.

    n, c: samples drawn and passed, integers, shape (problems,), at least 2 problems and n >= 2 in each:
    one sample of a problem cannot tell a hard problem from an unlucky draw. StatisticsError otherwise.
    The sample variance of a problem is estimated without bias by r (1 - r) / (n - 1) with r = c / n; what
    the scatter between problems holds beyond it is theirs (one-way analysis of variance; 0 if negative).
    """
    drawn, passed = checked_counts(n, c)
    if drawn.ndim != 1 or drawn.size < 2:
        raise StatisticsError(
            f"Counts of shape {drawn.shape}: noise is split for one run of 2 or more problems."
        )
    if drawn.min() < 2:
        raise StatisticsError(
            "A problem has one sample only: noise can be split from two samples per problem on."
        )
    rates = passed / drawn
    sampling = float((rates * (1.0 - rates) / (drawn - 1)).sum()) / drawn.size**2
    total = float(rates.var(ddof=1)) / drawn.size
    return Noise(problem_sd=sqrt(max(0.0, total - sampling)), sample_sd=sqrt(sampling))
