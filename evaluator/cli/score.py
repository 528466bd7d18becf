"""`python -m evaluator score SAMPLES`: judge a sample file and estimate pass@k."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.cli.options import (
    add_reading_options,
    add_scoring_options,
    chosen_benchmark,
    chosen_limits,
    chosen_reading,
)
from evaluator.cli.progress import ProgressBar
from evaluator.errors import InputError
from evaluator.records import Benchmark, Verdict
from evaluator.results import write_results
from evaluator.sample_files import SampleFile, read_all
from evaluator.score import Scorer, Scores

if TYPE_CHECKING:
    from evaluator.metrics.intervals import Estimate


@dataclass(frozen=True, slots=True)
class _Reported:
    """Samples with a verdict of another harness, how many passed there, and how many differ here."""

    samples: int
    passed: int
    differing: int

    def as_dict(self) -> dict[str, int]:
        return {"samples": self.samples, "passed": self.passed, "differing": self.differing}

    def __str__(self) -> str:
        share = self.passed / self.samples
        differing = "none differs" if not self.differing else f"{self.differing:,} differ"
        return (
            f"The file's own verdicts: {self.passed:,} of {self.samples:,} passed ({share:.2%}); "
            f"{differing} from those above"
        )


@dataclass(frozen=True, slots=True)
class _Outcome:
    benchmark: Benchmark
    file: SampleFile
    scores: Scores
    estimates: list[Estimate]
    beyond: list[int]  # the k that were asked for and that no problem has samples enough for

    def changes(self) -> dict[str, int]:
        """Samples by what was done to their text, most frequent first."""
        return dict(
            Counter(change for sample in self.file.samples for change in sample.changes).most_common()
        )

    def reported(self) -> _Reported:
        """What the file says of its own samples, and where that is not what was found here."""
        pairs = [
            (sample.reported.passed, judgement.verdict is Verdict.PASSED)
            for sample, judgement in zip(self.file.samples, self.scores.judgements, strict=True)
            if sample.reported is not None and judgement.verdict is not Verdict.EVALUATOR_ERROR
        ]
        passed = sum(said for said, _ in pairs)
        return _Reported(len(pairs), passed, sum(said is not found for said, found in pairs))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("samples", type=Path, metavar="SAMPLES", help="a sample file of any known format")
    add_scoring_options(parser)
    add_reading_options(parser)
    parser.add_argument("--k", type=_ks, default=[1, 10, 100], metavar="1,10,100")
    parser.add_argument(
        "--out", type=Path, metavar="RESULTS.jsonl", help="every sample with its verdict and reason"
    )
    parser.add_argument(
        "--alone",
        action="store_true",
        help="a process of its own for every program: slower, the same verdicts",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score, print, write; the exit code."""
    if arguments.out is not None and not arguments.out.resolve().parent.is_dir():
        raise InputError(f"{arguments.out}: its folder does not exist")
    benchmark = chosen_benchmark(arguments)
    limits, shares = chosen_limits(arguments, benchmark), not arguments.alone
    with Scorer(benchmark, limits, arguments.workers, shares=shares) as scorer:
        file = read_all(arguments.samples, benchmark, chosen_reading(arguments))
        with ProgressBar("programs") as bar:
            scores = scorer.score(file.samples, bar.update)
    from evaluator.estimate import pass_at_k  # numpy takes a third of the way to the first verdict

    allowed, beyond = _allowed_ks(file, arguments.k)
    estimates = pass_at_k(file.samples, scores.judgements, allowed)
    outcome = _Outcome(benchmark, file, scores, estimates, beyond)
    if arguments.out is not None:
        write_results(file, scores.judgements, arguments.out)
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
        "format": outcome.file.format.name,
        "changes": outcome.changes(),
        "notes": list(outcome.file.notes),
        **({"reported": outcome.reported().as_dict()} if outcome.reported().samples else {}),
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
    lines += ["", *_about_the_file(outcome)]
    if covered < len(benchmark.problems):
        missing = len(benchmark.problems) - covered
        lines.append(f"{missing} problems have no sample: the figures speak of the {covered} others only")
    return "\n".join(lines).rstrip()


def _about_the_file(outcome: _Outcome) -> list[str]:
    """What was chosen, left out and changed, and what the file says itself."""
    changed = sum(bool(sample.changes) for sample in outcome.file.samples)
    lines = list(outcome.file.notes)
    if changed:
        kinds = ", ".join(f"{change}: {count:,}" for change, count in outcome.changes().items())
        lines.append(f"{changed:,} chat answers were made into programs ({kinds}); --as-is leaves them alone")
    if outcome.reported().samples:
        lines.append(str(outcome.reported()))
    return lines


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
