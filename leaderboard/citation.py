"""How to cite what an address shows: BibTeX with the day, the link and what identifies the data."""

from __future__ import annotations

from datetime import date

from leaderboard.latex import escaped, link
from leaderboard.models import Benchmark, Model, Run

_ENTRY = """\
@misc{{{key},
  author       = {{{{Passboard}}}},
  title        = {{{{{title}}}}},
  year         = {{{day:%Y}}},
{link}  note         = {{{note}}}
}}
"""


def bibtex(
    address: str,
    day: date,
    *,
    benchmark: Benchmark | None,
    run: Run | None = None,
    model: Model | None = None,
) -> str:
    """The entry of a run, of a model or of a benchmark's board. `address`: of the view; empty for none."""
    if run is not None:
        title, key = f"{run.model.name} on {run.benchmark.name}, run {run.pk}", f"run{run.pk}"
        benchmark = run.benchmark
    elif model is not None:
        title, key = f"{model.name}: runs", model.slug
    elif benchmark is not None:
        title, key = f"{benchmark.name}: results of code-generation models", benchmark.slug
    else:
        title, key = "Results of code-generation models", "board"
    notes = [*_benchmark_notes(benchmark), *_run_notes(run), f"Accessed {day.isoformat()}"]
    return _ENTRY.format(
        key=f"passboard-{key}-{day:%Y%m%d}",
        title=escaped(title),
        day=day,
        link=f"  howpublished = {{{link(address)}}},\n" if address else "",
        note=". ".join(notes),
    )


def _benchmark_notes(benchmark: Benchmark | None) -> list[str]:
    if benchmark is None:
        return []
    return [f"{escaped(benchmark.name)}, sha256 {benchmark.version}"]


def _run_notes(run: Run | None) -> list[str]:
    """What fixes a measured run: its file, and the judge that scored it."""
    if run is None or run.source == Run.Source.PUBLISHED:
        return []
    notes = [f"Sample file sha256 {run.file_sha256}"] if run.file_sha256 else []
    if run.verdicts_from == Run.VerdictsFrom.IMPORTED:
        return [*notes, "Verdicts imported from the file, not measured here"]
    return [*notes, f"Judge {escaped(run.judge_version)}"] if run.judge_version else notes
