"""`python -m evaluator problems secure-tasks > problems.jsonl`: a benchmark's problems, for who samples."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from evaluator.problem_sets import LOADERS, load_benchmark


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help=f"one of: {', '.join(sorted(LOADERS))}")


def run(options: argparse.Namespace) -> int:
    """One line for each problem: task_id, prompt, entry_point, test, canonical_solution."""
    for problem in load_benchmark(options.slug).problems:
        print(json.dumps(asdict(problem)))
    return 0
