"""A tiny benchmark, sample files and runs, made through the services as the site makes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator import records
from evaluator.judge import JUDGE_VERSION
from evaluator.records import Detail, Finding, Judgement, Severity, Verdict
from leaderboard.cell_blob import CellContent, StoredProgram
from leaderboard.models import Benchmark, Run
from leaderboard.services import benchmarks, cells
from leaderboard.services.ingest import RunSetting, ingest

Record = Mapping[str, Any]
RIGHT, WRONG = "    return a + {number} + 0 * {variant}\n", "    return {variant}\n"
SCORER = cells.Scorer(judge_version=JUDGE_VERSION, sandbox_tier="A+")


def tiny_record(problems: int = 3) -> records.Benchmark:
    """Problems Tiny/0 …: add i to a number."""
    return records.Benchmark(
        slug="tiny",
        name="Tiny",
        description="Adds small numbers.",
        url="https://example.org/tiny",
        problems=tuple(_problem(number) for number in range(problems)),
    )


def tiny_benchmark(problems: int = 3) -> Benchmark:
    return benchmarks.load(tiny_record(problems))


def sample(number: int, variant: int, *, right: bool, **fields: object) -> Record:
    """A sample of Tiny/<number> that passes or not; equal variants have equal texts."""
    text = (RIGHT if right else WRONG).format(number=number, variant=variant)
    return {"task_id": f"Tiny/{number}", "completion": text, **fields}


def write_samples(path: Path, samples: Iterable[Record]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in samples))
    return path


def queued_run(folder: Path, samples: Iterable[Record], problems: int = 3, model: str = "Model A") -> Run:
    """A run that waits to be scored."""
    path = write_samples(folder / "samples.jsonl", samples)
    return ingest(path, tiny_benchmark(problems), RunSetting(model))


def by_hand(source: str) -> Judgement:
    """What a judge would say of a sample of `sample`: by its text, without running it."""
    if "return a +" in source:
        return Judgement(Verdict.PASSED, Detail(), 0.001)
    return Judgement(Verdict.WRONG_ANSWER, Detail("assertion failed", actual="0", expected="1"), 0.002)


def scored(
    content: CellContent,
    judge: Callable[[str], Judgement] = by_hand,
    flagged: Callable[[str], bool] = lambda _: False,
) -> CellContent:
    """The content with a judgement for every program, and a finding for the flagged ones."""
    finding = Finding("S307", 95, Severity.HIGH, Severity.HIGH, 1, "eval of a text")

    def program(stored: StoredProgram) -> StoredProgram:
        findings = (finding,) if flagged(stored.source) else ()
        return replace(stored, judgement=judge(stored.source), findings=findings)

    return CellContent([program(stored) for stored in content.programs], content.samples)


def score_by_hand(run: Run, judge: Callable[[str], Judgement] = by_hand) -> Run:
    """Scores every cell of the run without a sandbox, through the services that workers use."""
    for cell_id in run.cells.order_by("pk").values_list("pk", flat=True):
        claim = cells.claim(cell_id)
        assert claim is not None
        cells.finish(claim, scored(claim.content, judge), SCORER)
    run.refresh_from_db()
    return run


def _problem(number: int) -> records.Problem:
    return records.Problem(
        task_id=f"Tiny/{number}",
        prompt=f'def add_{number}(a):\n    """Add {number} to a."""\n',
        entry_point=f"add_{number}",
        test=f"def check(candidate):\n    for a in (1, 5):\n        assert candidate(a) == a + {number}\n",
        canonical_solution=f"    return a + {number}\n",
    )
