"""One evaluator per worker process, kept from task to task: its cells are dear to build, cheap to use."""

from __future__ import annotations

import os
from dataclasses import dataclass

from evaluator.evaluate import Evaluator
from evaluator.records import Limits


@dataclass(slots=True)
class _Kept:
    pid: int
    limits: Limits
    packages: tuple[str, ...]
    evaluator: Evaluator


_kept: _Kept | None = None


def warm_evaluator(limits: Limits, packages: tuple[str, ...]) -> Evaluator:
    """This process's evaluator for these limits and packages, built if there is none of that kind.

    Raises SandboxUnavailable where this machine offers no isolation.
    """
    global _kept
    if _kept is not None:
        if (_kept.pid, _kept.limits, _kept.packages) == (os.getpid(), limits, packages):
            return _kept.evaluator
        drop_evaluator()
    _kept = _Kept(os.getpid(), limits, packages, Evaluator(limits, packages))
    return _kept.evaluator


def drop_evaluator() -> None:
    """Closes the evaluator: at the end of the process, and whenever its state is in doubt."""
    global _kept
    kept, _kept = _kept, None
    if kept is not None and kept.pid == os.getpid():  # a parent's evaluator is the parent's to close
        kept.evaluator.close()
