"""`python -m evaluator rerun RESULTS.jsonl`: score again what was scored, report what flipped."""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from evaluator.cli.options import (
    add_reading_options,
    add_scoring_options,
    chosen_benchmark,
    chosen_limits,
    chosen_reading,
)
from evaluator.cli.progress import ProgressBar
from evaluator.errors import SampleFileError
from evaluator.records import Judgement, Sample, Verdict
from evaluator.sample_files import raw_records, read_all
from evaluator.score import Scorer

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Flip:
    sample: Sample
    before: Verdict
    after: Judgement


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS.jsonl", help="what `score --out` wrote")
    add_scoring_options(parser)
    add_reading_options(parser)
    parser.add_argument(
        "--share", type=_share, default=1.0, metavar="0.1", help="of the samples, drawn by --seed"
    )
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> int:
    """Score again, print the flips; exit code 1 where there are any."""
    benchmark = chosen_benchmark(arguments)
    samples = read_all(arguments.results, benchmark, chosen_reading(arguments)).samples
    before = _verdicts(arguments.results)
    size = max(1, round(arguments.share * len(samples)))
    chosen = random.Random(arguments.seed).sample(samples, size) if size < len(samples) else list(samples)
    with ProgressBar("programs") as bar:
        limits = chosen_limits(arguments, benchmark)
        # Each program in a process of its own: whatever it shared one with can't have mattered.
        with Scorer(benchmark, limits, arguments.workers, shares=False) as scorer:
            scores = scorer.score(chosen, bar.update)
    flips = [
        _Flip(sample, before[sample.line], judgement)
        for sample, judgement in zip(chosen, scores.judgements, strict=True)
        if judgement.verdict is not before[sample.line]
    ]
    _report(arguments.results, flips)
    print(f"{len(chosen):,} samples scored again in {scores.seconds:.1f} s: {len(flips):,} flips")
    return 1 if flips else 0


def _verdicts(results: Path) -> dict[int, Verdict]:
    """Verdict by line. Raises SampleFileError where a line has none."""
    found = {}
    for line, record in raw_records(results):
        try:
            found[line] = Verdict(str(record.get("verdict")))
        except ValueError:
            raise SampleFileError(
                f"{results}:{line}: verdict: missing or unknown; give a file that `score --out` wrote"
            ) from None
    return found


def _report(results: Path, flips: list[_Flip]) -> None:
    for flip in flips[:_SHOWN]:
        place = f"{results}:{flip.sample.line}: {flip.sample.task_id}"
        print(f"{place}: {flip.before} → {flip.after.verdict} {flip.after.detail.message}".rstrip())
    if len(flips) > _SHOWN:
        print(f"… and {len(flips) - _SHOWN:,} more")


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share such as 0.1") from None
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("a share is above 0 and at most 1")
    return value
