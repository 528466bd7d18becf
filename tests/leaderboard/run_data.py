"""A small benchmark and scored runs of it, made by the site's own services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User

from evaluator import records
from evaluator.records import Detail, Finding, Judgement, Severity, Verdict
from leaderboard.models import Benchmark, Run
from leaderboard.services import benchmarks, cells
from leaderboard.services.cells import Scorer
from leaderboard.services.ingest import RunSetting, ingest

HOSTILE = "    return '</pre></code><script>alert(1)</script>'\n"
EVAL = Finding("S307", 95, Severity.HIGH, Severity.MEDIUM, 3, "eval of <b>text</b>")


def toy_record(problems: int = 3) -> records.Benchmark:
    """Problems Toy/0 … of a function `add`."""
    return records.Benchmark(
        slug="toy",
        name="Toy",
        description="Adds numbers.",
        url="https://example.org/toy",
        problems=tuple(
            records.Problem(
                task_id=f"Toy/{number}",
                prompt=f'def add(a, b):\n    """Add {number}."""\n',
                entry_point="add",
                test="def check(candidate):\n    assert candidate(2, 3) == 5\n",
                canonical_solution="    return a + b\n",
            )
            for number in range(problems)
        ),
    )


def toy_benchmark(problems: int = 3) -> Benchmark:
    return benchmarks.load(toy_record(problems))


@dataclass(frozen=True)
class Drawn:
    """A completion, how often it was drawn, and how it ends."""

    completion: str
    judgement: Judgement
    times: int = 1
    findings: tuple[Finding, ...] = ()
    rankers: Mapping[str, float] = field(default_factory=dict)


def passed(completion: str = "    return a + b\n", times: int = 1) -> Drawn:
    return Drawn(completion, Judgement(Verdict.PASSED, Detail(), 0.001), times)


def wrong(completion: str, actual: str, call: str = "add(2, 3)", times: int = 1) -> Drawn:
    detail = Detail(call=call, actual=actual, expected="5")
    return Drawn(completion, Judgement(Verdict.WRONG_ANSWER, detail, 0.002), times)


def raised(completion: str, exception: str, message: str, line: int = 3, times: int = 1) -> Drawn:
    detail = Detail(
        message, call="add(2, 3)", exception=exception, line=line, traceback=(f"line {line}, in add",)
    )
    return Drawn(completion, Judgement(Verdict.EXCEPTION, detail, 0.003), times)


def sample_file(folder: Path, drawn: Mapping[str, Sequence[Drawn]], name: str = "samples.jsonl") -> Path:
    path = folder / name
    lines = [
        json.dumps({"task_id": task_id, "completion": one.completion, **one.rankers})
        for task_id, ones in drawn.items()
        for one in ones
        for _ in range(one.times)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def queued_run(
    folder: Path,
    benchmark: Benchmark,
    drawn: Mapping[str, Sequence[Drawn]],
    *,
    owner: User | None = None,
    visibility: str = "public",
    model: str = "Toy-1B",
) -> Run:
    """A run that waits to be scored."""
    setting = RunSetting(model, "Toy Org", 1_000_000_000, 0.8, 0.95, visibility, "a note")
    return ingest(sample_file(folder, drawn), benchmark, setting, owner=owner)


def score(run: Run, drawn: Mapping[str, Sequence[Drawn]], cells_only: int | None = None) -> Run:
    """Writes the judgements as a worker does; `cells_only` leaves the rest of the run queued."""
    for cell in list(run.cells.order_by("pk"))[:cells_only]:
        claim = cells.claim(cell.pk)
        if claim is None:
            continue  # scored before
        ends = {claim.problem.prompt + one.completion: one for one in drawn[claim.problem.task_id]}
        for program in claim.content.programs:
            program.judgement = ends[program.source].judgement
            program.findings = ends[program.source].findings
        cells.finish(claim, claim.content, Scorer("test judge", "A"))
    run.refresh_from_db()
    return run


def scored_run(
    folder: Path,
    benchmark: Benchmark,
    drawn: Mapping[str, Sequence[Drawn]] | None = None,
    *,
    owner: User | None = None,
    visibility: str = "public",
    model: str = "Toy-1B",
) -> Run:
    drawn = drawn or MIXED
    run = queued_run(folder, benchmark, drawn, owner=owner, visibility=visibility, model=model)
    return score(run, drawn)


# Three problems of four samples: all fail, some fail, none fails.
MIXED: Mapping[str, Sequence[Drawn]] = {
    "Toy/0": [
        wrong("    return a - b\n", "-1", times=2),
        raised("    return a + c\n", "NameError", "name 'c' is not defined"),
        Drawn(
            HOSTILE, wrong("", "'</pre><script>'").judgement, findings=(EVAL,), rankers={"mean_logprob": -0.5}
        ),
    ],
    "Toy/1": [passed(times=3), wrong("    return a\n", "2")],
    "Toy/2": [passed(times=4)],
}
