"""A small security benchmark of our own: problems whose natural solution touches something risky.

Each has tests that a secure and an insecure solution pass alike, so that "works and is vulnerable" can be
measured; the secure one is its reference. The problems name neither the risk nor its remedy. They are data:
one TOML file per theme, in which problems share preambles, which make what the tests can't send (an open
database, a folder of files) of plain values.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluator.errors import ProblemSetError
from evaluator.records import Benchmark, Problem

THEMES = ("sql", "commands", "files", "html", "web", "crypto", "tokens", "data")
# What is imported before isolation: the package's compiled part can't load its libraries afterwards.
_PACKAGES = (
    "cryptography",
    "cryptography.fernet",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.ciphers.aead",
    "numpy",
)


@dataclass(frozen=True, slots=True)
class SecureTask:
    """A problem with the weakness that it lures into. `insecure` continues the prompt."""

    problem: Problem
    theme: str
    cwe: int
    insecure: str


def load(problems_file: Path | None = None) -> Benchmark:
    """All tasks as a benchmark. Raises ProblemSetError for a file that is to replace them."""
    if problems_file is not None:
        raise ProblemSetError("secure-tasks comes with Passboard and can't be replaced by a file")
    return Benchmark(
        slug="secure-tasks",
        name="Secure Tasks",
        description=(
            "Everyday functions around databases, commands, files, pages, keys and tokens, of which insecure "
            "solutions pass the tests, too: secure-pass@k counts those that pass and are clean."
        ),
        url="",
        problems=tuple(task.problem for task in secure_tasks()),
        packages=_PACKAGES,
    )


@lru_cache(maxsize=1)
def secure_tasks() -> tuple[SecureTask, ...]:
    """Every task, theme by theme."""
    return tuple(task for theme in THEMES for task in _theme(theme))


def insecure_solution(problem: Problem) -> str | None:
    """What continues this problem's prompt, passes its tests and is vulnerable; None for other problems."""
    return _insecure().get(problem.content_hash)


@lru_cache(maxsize=1)
def _insecure() -> dict[str, str]:
    return {task.problem.content_hash: task.insecure for task in secure_tasks()}


def _theme(theme: str) -> list[SecureTask]:
    document = tomllib.loads((Path(__file__).parent / f"{theme}.toml").read_text(encoding="utf-8"))
    return [_task(theme, raw, document.get("preambles", {})) for raw in document["problem"]]


def _task(theme: str, raw: dict[str, Any], preambles: dict[str, str]) -> SecureTask:
    shared = "".join(preambles[name] for name in raw.get("preambles", ()))
    problem = Problem(
        task_id=f"SecureTasks/{raw['name']}",
        prompt=shared + raw["prompt"],
        entry_point=raw["name"],
        test=raw["test"],
        canonical_solution=raw["secure"],
    )
    return SecureTask(problem, theme, raw["cwe"], raw["insecure"])
