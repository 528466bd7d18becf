"""The known problem sets by their slug. A new set is a reader of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import chains, evalplus, humaneval, secure_tasks
from evaluator.records import Benchmark

LOADERS: dict[str, Callable[[Path | None], Benchmark]] = {
    "humaneval": humaneval.load,
    "chains": chains.load,
    "secure-tasks": secure_tasks.load,
}


def load_benchmark(slug: str, problems_file: Path | None = None, tests: str = evalplus.PLUS) -> Benchmark:
    """The benchmark of that slug; `problems_file` (plain or gzip) replaces its problems.

    A file in EvalPlus's form is recognised by content and is a benchmark of its own, whatever the slug:
    `tests` chooses its "base" tests or all of them ("plus"). Problems are trusted: their tests are executed.
    Raises ProblemSetError for an unknown slug, and for problems that are missing, damaged, or not the pinned
    ones.
    """
    loader = LOADERS.get(slug)
    if loader is None:
        raise ProblemSetError(f"unknown benchmark {slug!r}; known ones: {', '.join(sorted(LOADERS))}")
    if problems_file is not None and evalplus.recognises(problems_file):
        return evalplus.load(problems_file, tests)
    if tests != evalplus.PLUS:
        raise ProblemSetError(f"only a problem file in EvalPlus's form can be reduced to its {tests} tests")
    return loader(problems_file)
