"""Scores a sample file on this machine, and writes samples and verdicts as one file to be imported."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SandboxError
from evaluator.records import Benchmark, Limits, Verdict, program_of
from evaluator.results import human_eval_result
from evaluator.sample_files import SampleFile
from evaluator.score import Scorer, Scores


@dataclass(frozen=True, slots=True)
class Scoring:
    """How it is scored here."""

    benchmark: Benchmark
    limits: Limits
    workers: int


def score_here(scoring: Scoring, file: SampleFile, progress: Callable[[int, int], None]) -> Scores:
    """The verdicts of all samples. Raises SandboxUnavailable, and SandboxError where one is not judged."""
    with Scorer(scoring.benchmark, scoring.limits, scoring.workers) as scorer:
        scores = scorer.score(file.samples, progress)
    unjudged = scores.verdict_counts().get(str(Verdict.EVALUATOR_ERROR), 0)
    if unjudged:
        raise SandboxError(f"{unjudged:,} samples could not be judged here; submit without --score")
    return scores


def write_verdicts(benchmark: Benchmark, file: SampleFile, scores: Scores, target: Path) -> None:
    """EvalPlus' form, gzipped: each sample's whole program as it was run, its numbers, and its verdict.

    Equal files come of equal verdicts, so that a submission that is run again goes on where it stopped.
    """
    with target.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
        for sample, judgement in zip(file.samples, scores.judgements, strict=True):
            row = {
                **sample.rankers,
                "task_id": sample.task_id,
                "solution": program_of(benchmark.by_task_id[sample.task_id], sample).source,
                "passed": judgement.verdict is Verdict.PASSED,
                "result": human_eval_result(judgement),
            }
            packed.write(json.dumps(row).encode() + b"\n")
