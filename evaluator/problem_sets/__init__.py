"""The benchmarks that samples are scored on."""

from evaluator.problem_sets.catalog import LOADERS, load_benchmark

__all__ = ["LOADERS", "load_benchmark"]
