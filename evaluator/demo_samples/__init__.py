"""Synthetic samples for a demo: seeded mutations of a benchmark's own reference solutions.

No model wrote them. They let a fresh board show every verdict and many kinds of failure, scored for real.
"""

from evaluator.demo_samples.generate import demo_samples
from evaluator.demo_samples.profiles import DEMO_N, DEMO_RUNS, DEMO_SEED, PROFILES, DemoRun, Profile

__all__ = ["DEMO_N", "DEMO_RUNS", "DEMO_SEED", "PROFILES", "DemoRun", "Profile", "demo_samples"]
