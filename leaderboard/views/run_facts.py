"""What is known about a run beside its figures: how it was sampled, scored or printed."""

from __future__ import annotations

from typing import Literal, get_args

from evaluator.records import Limits
from leaderboard.formatting import (
    MISSING,
    counted,
    date_text,
    figure_text,
    percent,
    plain_number,
    samples_text,
    size_text,
)
from leaderboard.models import Run
from leaderboard.time_limit import limit_words
from leaderboard.visible import visible

Fact = tuple[str, str]  # label, value
FactName = Literal["organisation", "parameters", "released", "url"]  # of what is known of a model

_TIERS = {
    "A+": "namespaces, as root",
    "A": "user namespaces",
    "B": "Landlock, seccomp and resource limits, without namespaces",
}


def sampling(run: Run) -> list[Fact]:
    """The model and how it was sampled: one line under the title."""
    facts = [
        ("parameters", size_text(run.model.parameters)),
        ("temperature", plain_number(run.temperature)),
        ("top_p", plain_number(run.top_p)),
        ("n", samples_text(run.n_min, run.n_max)),
        ("samples", f"{run.samples:,}" if run.samples else MISSING),
        ("problems", _coverage(run)),
        ("flagged", _flagged(run)),
        ("date", "" if run.source == Run.Source.PUBLISHED else date_text(run.created_at)),
    ]
    return [(label, value) for label, value in facts if value not in ("", MISSING)]


def scoring(run: Run) -> list[Fact]:
    """How the verdicts of a run with samples came about."""
    limits = run.limits if run.verdicts_from == Run.VerdictsFrom.MEASURED else {}
    facts = [
        ("verdicts", _imported(run)),
        ("time limit", limit_words(Limits(**limits)) if limits else ""),
        ("other limits", _other_limits(limits)),
        ("judge", run.judge_version),
        ("sandbox", _tier(run.sandbox_tier)),
        ("file", run.file_name),
        ("sha256", run.file_sha256),
        ("format", run.file_format),
        ("benchmark", f"{run.benchmark.name}, version {run.benchmark.version}"),
        ("read", _options(run)),
        ("texts", _changes(run)),
        ("programs", _programs(run)),
        ("taken over", _taken_over(run)),
        ("left out", _left_out(run)),
        ("sampled since" if run.source == Run.Source.SAMPLED else "uploaded", _moment(run.created_at)),
        ("scored", _span(run)),
        ("by", run.owner.get_username() if run.owner else ""),
        ("of", run.organisation.name if run.organisation else ""),
        ("said of the model", "; ".join(f"{name}: {value}" for name, value in said_of_model(run))),
        ("note", run.note),
    ]
    return [(label, value) for label, value in facts if value]


def said_of_model(run: Run) -> list[Fact]:
    """What the uploader said of the model where its own page says something else, or nothing."""
    known = said_otherwise(run)
    parameters = known.get("parameters")
    texts = known | ({"parameters": size_text(parameters)} if parameters else {})
    return [(name, visible(str(value))) for name, value in texts.items()]


def said_otherwise(run: Run) -> dict[FactName, str | int]:
    """The same, as it is kept: texts as they came, parameters a count, the release as year-month-day."""
    said = {name: run.said_of_model[name] for name in get_args(FactName) if name in run.said_of_model}
    return {name: value for name, value in said.items() if value != _own_word(run, name)}


def _own_word(run: Run, name: str) -> object:
    value = getattr(run.model, name)
    return value.isoformat() if name == "released" and value else value


def _imported(run: Run) -> str:
    if run.verdicts_from == Run.VerdictsFrom.MEASURED:
        return ""
    said = "imported: another harness's, as the file gives them; nothing was run here"
    return f"{said}. A failure of which it tells no kind stands as a wrong answer"


def _options(run: Run) -> str:
    """What the uploader said about the file that its content does not."""
    words = {"format": "its format was named", "clean": "texts as they stand"}
    said = [words.get(name, f"{name}: {value}") for name, value in run.file_options.items()]
    return visible(", ".join(said))


def _changes(run: Run) -> str:
    """What was done to samples' texts to make programs of them."""
    return ", ".join(f"{what}: {counted(count, 'sample')}" for what, count in run.changes.items())


def _programs(run: Run) -> str:
    if run.has_counts_only:
        return "none: the file held counts, and no code"
    if not run.programs:
        return ""  # while samples are drawn: only then it is known how many are alike
    return f"{counted(run.programs, 'distinct program')} of {counted(run.samples, 'sample')}"


def _coverage(run: Run) -> str:
    return f"{run.problems_covered} of {run.benchmark.problem_count}" if run.problems_covered else ""


def _flagged(run: Run) -> str:
    """The share of samples with a finding, with its interval where it was counted with one."""
    if not run.flagged or not run.samples:
        return ""
    share = run.security.get("flagged")
    if not share:
        return f"{percent(run.flagged / run.samples)} %"
    return f"{figure_text(share['value'], share['low'], share['high'])} %"


def _other_limits(stored: dict[str, float]) -> str:
    if not stored:
        return ""
    limits = Limits(**stored)
    return f"{limits.wall_seconds:g} s of wall time, {limits.memory_bytes >> 20:,} MiB of memory"


def _tier(tier: str) -> str:
    return f"{tier} ({_TIERS[tier]})" if tier in _TIERS else tier


def _taken_over(run: Run) -> str:
    if not run.taken_over:
        return ""
    return f"{counted(run.taken_over, 'verdict')} of other runs, on the same programs in the same conditions"


def _left_out(run: Run) -> str:
    if not run.left_out:
        return ""
    return f"{counted(run.left_out, 'sample')} of task ids that {run.benchmark.name} does not have"


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _span(run: Run) -> str:
    if run.finished_at is None:
        return ""
    took = f", in {run.finished_at - run.started_at}".split(".")[0] if run.started_at else ""
    return _moment(run.finished_at) + took
