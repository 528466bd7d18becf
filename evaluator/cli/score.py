"""`python -m evaluator score SAMPLES`: judge a sample file and estimate pass@k."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.cli.options import add_scoring_options, chosen_benchmark, chosen_limits
from evaluator.cli.progress import ProgressBar
from evaluator.errors import InputError
from evaluator.records import Benchmark
from evaluator.results import write_results
from evaluator.sample_files import SampleFile, read_all
from evaluator.score import Scorer, Scores

if TYPE_CHECKING:
    from evaluator.metrics.intervals import Estimate


@dataclass(frozen=True, slots=True)
class _Outcome:
    benchmark: Benchmark
    file: SampleFile
    scores: Scores
    estimates: list[Estimate]
    beyond: list[int]  # the k that were asked for and that no problem has samples enough for


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("samples", type=Path, metavar="SAMPLES", help="JSONL, plain or gzip")
    add_scoring_options(parser)
    parser.add_argument("--k", type=_ks, default=[1, 10, 100], metavar="1,10,100")
    parser.add_argument(
        "--out", type=Path, metavar="RESULTS.jsonl", help="every sample with its verdict and reason"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score, print, write; the exit code."""
    if arguments.out is not None and not arguments.out.resolve().parent.is_dir():
        raise InputError(f"{arguments.out}: its folder does not exist")
    benchmark = chosen_benchmark(arguments)
    with Scorer(benchmark, chosen_limits(arguments, benchmark), arguments.workers) as scorer:
        file = read_all(arguments.samples, benchmark)
        with ProgressBar("programs") as bar:
            scores = scorer.score(file.samples, bar.update)
    from evaluator.estimate import pass_at_k  # numpy takes a third of the way to the first verdict

    allowed, beyond = _allowed_ks(file, arguments.k)
    estimates = pass_at_k(file.samples, scores.judgements, allowed)
    outcome = _Outcome(benchmark, file, scores, estimates, beyond)
    if arguments.out is not None:
        write_results(arguments.samples, file.samples, scores.judgements, arguments.out)
    print(json.dumps(_document(outcome)) if arguments.json else _text(outcome))
    return 0


def _allowed_ks(file: SampleFile, ks: list[int]) -> tuple[list[int], list[int]]:
    fewest = min(Counter(sample.task_id for sample in file.samples).values())
    return [k for k in ks if k <= fewest], [k for k in ks if k > fewest]


def _document(outcome: _Outcome) -> dict[str, Any]:
    scores = outcome.scores
    return {
        "benchmark": outcome.benchmark.slug,
        "problems": len({sample.task_id for sample in outcome.file.samples}),
        "samples": len(outcome.file.samples),
        "programs": scores.programs,
        **{f"pass@{estimate.k}": estimate.value for estimate in outcome.estimates},
        **{f"pass@{estimate.k}_interval": [estimate.low, estimate.high] for estimate in outcome.estimates},
        "verdicts": scores.verdict_counts(),
        "seconds": round(scores.seconds, 3),
        "sandbox_tier": scores.tier,
    }


def _text(outcome: _Outcome) -> str:
    scores, benchmark = outcome.scores, outcome.benchmark
    covered = len({sample.task_id for sample in outcome.file.samples})
    rate = len(outcome.file.samples) / max(scores.seconds, 1e-9)
    lines = [
        f"{benchmark.name}: {covered} of {len(benchmark.problems)} problems, "
        f"{len(outcome.file.samples):,} samples, {scores.programs:,} distinct programs, "
        f"{scores.seconds:.1f} s ({rate:,.0f} samples/s), sandbox tier {scores.tier}",
        "",
        *(f"pass@{e.k:<4} {e.value:7.2%}   95 % [{e.low:.2%}, {e.high:.2%}]" for e in outcome.estimates),
        *(f"pass@{k:<4} does not exist: some problem has fewer than {k} samples" for k in outcome.beyond),
        "",
        *(f"{verdict:<16}{count:>8,}" for verdict, count in scores.verdict_counts().items()),
    ]
    if covered < len(benchmark.problems):
        missing = len(benchmark.problems) - covered
        lines.append(f"\n{missing} problems have no sample: the figures speak of the {covered} others only")
    return "\n".join(lines)


def _ks(text: str) -> list[int]:
    try:
        ks = sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of whole numbers such as 1,10,100"
        ) from None
    if not ks or ks[0] < 1:
        raise argparse.ArgumentTypeError("k begins at 1")
    return ks
