"""What the sampling pages show: ready strings, made of orders, dry runs and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from evaluator.sampling.templates import TEMPLATES
from leaderboard.formatting import counted, date_text, percent, plain_number, samples_text
from leaderboard.forms.sampling_fields import escaped
from leaderboard.highlight import highlight
from leaderboard.models import Run, Sampling
from leaderboard.queries.runs import figures_of
from leaderboard.queries.sampling import Drawn, SampledRun, SamplingProgress, organisations_of
from leaderboard.services.sampling_order import SamplingOrder, order_of, told_of_run
from leaderboard.services.sampling_state import key_goes_at
from leaderboard.views.run_rows import duration
from leaderboard.visible import visible

Fact = tuple[str, str]
_POLLED = (Sampling.Status.TRYING, Sampling.Status.DRAWING)
_TITLES = {template.text: template.title for template in TEMPLATES}
_MILLION = 1_000_000
_SHOWN_TEMPLATE = 300


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all of a sampling will take, told from its dry run. None: the server counts no tokens."""

    requests: int
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float


def context(row: Sampling, progress: SamplingProgress, *, owns: bool) -> dict[str, Any]:
    """Context of a sampling's page and of its changing part."""
    order = order_of(row)
    scoring = progress.scoring and row.status in (Sampling.Status.DRAWING, Sampling.Status.DONE)
    seen = f"{row.status}-{'scoring' if scoring else 'still'}"
    return {
        "sampling": row,
        "benchmark": row.benchmark,
        "order": order,
        "owns": owns,
        "seen": seen,
        "polled": row.status in _POLLED or scoring,
        "facts": _shared(row, progress) + facts(order) + (_of_owner(order) if owns else []),
        "state": row.get_status_display(),
        "said": visible(row.said) if owns else "",
        "tried": _tried(row, order) if row.dry_run and owns else None,
        "progress": _progress(row, progress, order) if progress.runs else None,
        "runs": [_run_row(one) for one in progress.runs],
        "sampler_seen": progress.sampler_seen,
        "needs_key": order.has_key and not (row.secret or row.server_key_id),
        "key_goes": date_text(key_goes_at(row)) if owns and key_goes_at(row) else "",
        "any_drawn": progress.drawn.samples > 0,
    }


def facts(order: SamplingOrder) -> list[Fact]:
    """How samples are drawn, for everybody who sees a run of it."""
    decoding = order.decoding
    temperatures = ", ".join(plain_number(one) for one in decoding.temperatures)
    return [
        ("n", str(decoding.n)),
        ("temperature", temperatures),
        ("top_p", plain_number(decoding.top_p)),
        *told(told_of_run(order)),
    ]


def told(sampled_as: Mapping[str, Any]) -> list[Fact]:
    """`Run.sampled_as` as facts, but for what stands in a run's title anyway."""
    template = sampled_as["template"]
    stops = ", ".join(f"“{visible(escaped(one))}”" for one in sampled_as["stop"])
    where = "weights on the site's machine" if sampled_as["local"] else "OpenAI-compatible"
    found = [
        ("server", f"{where}, {sampled_as['server']}"),
        ("its model", visible(sampled_as["server_model"])),
        ("max tokens", f"{sampled_as['max_tokens']:,}"),
        ("stop", stops or "none"),
        ("prompt", _TITLES.get(template) or visible(template)[:_SHOWN_TEMPLATE]),
        ("seed", "" if sampled_as.get("seed") is None else str(sampled_as["seed"])),
        ("answers", "" if sampled_as["clean"] else "taken as they stand"),
        ("system", visible(sampled_as["system"])[:_SHOWN_TEMPLATE]),
    ]
    return [(label, value) for label, value in found if value]


def own_rows(samplings: Sequence[Sampling]) -> list[dict[str, Any]]:
    """One's own samplings in a table."""
    return [
        {
            "address": reverse("sampling", args=[row.pk]),
            "model": row.order["model_name"],
            "benchmark": row.benchmark.name,
            "temperatures": ", ".join(f"{one:g}" for one in row.order["decoding"]["temperatures"]),
            "n": row.order["decoding"]["n"],
            "state": row.get_status_display(),
            "date": date_text(row.created_at),
        }
        for row in samplings
    ]


def drawing_of_run(run: Run, drawn: Drawn) -> dict[str, Any] | None:
    """The line above a run's progress while its samples are drawn; None once they are."""
    if drawn.samples >= drawn.of or run.sampling is None:
        return None
    return _drawn(drawn) | {"paused": run.sampling.status == Sampling.Status.PAUSED}


def _drawn(drawn: Drawn) -> dict[str, Any]:
    return {
        "drawn": f"{drawn.samples:,}",
        "of": f"{drawn.of:,}",
        "value": drawn.samples,
        "most": drawn.of,
        "share": f"{100 * drawn.share:.0f}",
    }


def _shared(row: Sampling, progress: SamplingProgress) -> list[Fact]:
    names = ", ".join(visible(name) for name in organisations_of(row, progress))
    return [("shared by", names)] if names else []


def _of_owner(order: SamplingOrder) -> list[Fact]:
    server = order.server
    found = [
        ("address", visible(server.address)),
        ("at a time", counted(server.parallel, "request")),
        ("per minute", counted(server.per_minute, "request") if server.per_minute else ""),
        ("per request", counted(server.per_request, "sample")),
        ("cap", counted(order.token_cap, "token") if order.token_cap else ""),
    ]
    return [(label, value) for label, value in found if value]


def _tried(row: Sampling, order: SamplingOrder) -> dict[str, Any]:
    """The dry run: answers as data, the programs made of them, and what all of it would take."""
    found = row.dry_run
    estimate = estimated(row, order)
    return {
        "error": visible(found["error"]),
        "answers": [_answer(one) for one in found["answers"]],
        "estimate": _estimate_facts(estimate, order) if estimate else [],
        "samples": counted(_samples(row, order), "sample"),
    }


def estimated(row: Sampling, order: SamplingOrder) -> Estimate | None:
    """From the dry run's means; None where it brought no answer."""
    answers = row.dry_run.get("answers")
    if not answers:
        return None
    draws = row.benchmark.problem_count * len(order.decoding.temperatures)
    requests = draws * -(-order.decoding.n // order.server.per_request)
    prompts, drawn = _mean(answers, "prompt_tokens"), _mean(answers, "completion_tokens")
    each = row.dry_run["seconds"] / len(answers)
    seconds = requests * each / order.server.parallel
    if order.server.per_minute:
        seconds = max(seconds, requests * 60 / order.server.per_minute)
    return Estimate(
        requests,
        None if prompts is None else round(prompts * requests),
        None if drawn is None else round(drawn * _samples(row, order)),
        seconds,
    )


def _estimate_facts(estimate: Estimate, order: SamplingOrder) -> list[Fact]:
    found = [
        ("requests", f"{estimate.requests:,}, at least"),
        ("time", f"about {duration(estimate.seconds)}"),
    ]
    if estimate.prompt_tokens is None or estimate.completion_tokens is None:
        return [*found, ("tokens", "the server counts none")]
    total = estimate.prompt_tokens + estimate.completion_tokens
    found.append(("tokens", f"about {total:,}: {_parts(estimate.prompt_tokens, estimate.completion_tokens)}"))
    cost = _cost(estimate.prompt_tokens, estimate.completion_tokens, order)
    if cost:
        found.append(("cost", f"about {cost}"))
    if order.token_cap and total > order.token_cap:
        found.append(("cap", f"{order.token_cap:,} tokens: it will pause before its end"))
    return found


def _progress(row: Sampling, progress: SamplingProgress, order: SamplingOrder) -> dict[str, Any]:
    drawn = progress.drawn
    prompts = drawn.prompt_tokens + row.other_prompt_tokens
    answers = drawn.completion_tokens + row.other_completion_tokens
    other = row.other_prompt_tokens + row.other_completion_tokens
    return _drawn(drawn) | {
        "rate": f"{progress.rate:,.{0 if progress.rate >= 10 else 1}f}" if progress.rate else "",
        "left": duration(progress.seconds_left),
        "tokens": f"{'about ' if drawn.estimated else ''}{prompts + answers:,}",
        "parts": _parts(prompts, answers),
        "other": counted(other, "token") if other else "",
        "cost": _cost(prompts, answers, order),
        "judged": f"{progress.judged:,}",
        "judged_value": progress.judged,
        "requests": counted(drawn.requests, "request"),
        "cut_short": percent(drawn.cut_short / drawn.samples) if drawn.cut_short else "",
    }


def _run_row(row: SampledRun) -> dict[str, Any]:
    first = next((figure for figure in figures_of(row.run) if figure.k == 1), None)
    return {
        "pk": row.run.pk,
        "address": reverse("run", args=[row.run.pk]),
        "temperature": plain_number(row.run.temperature),
        "drawn": f"{row.drawn.samples:,}",
        "of": f"{row.drawn.of:,}",
        "judged": f"{row.judged:,}",
        "n": samples_text(row.run.n_min, row.run.n_max),
        "state": _state_of(row),
        "pass_at_1": percent(first.value) if first else "–",
    }


def _state_of(row: SampledRun) -> str:
    if row.run.status in (Run.Status.QUEUED, Run.Status.RUNNING) and row.drawn.samples < row.drawn.of:
        return "being drawn"
    return str(row.run.get_status_display())


def _answer(found: Mapping[str, Any]) -> dict[str, Any]:
    tokens = [
        f"{counted(found[name], 'token')} {what}"
        for name, what in (("prompt_tokens", "asked"), ("completion_tokens", "answered"))
        if found[name] is not None
    ]
    logprob = found["mean_logprob"]
    said = [*tokens, f"ended by {visible(found['finish_reason'])}"]
    return {
        "task_id": visible(found["task_id"]),
        "text": visible(found["text"]),
        "more": found["characters"] - len(found["text"]),
        "lines": highlight(found["program"]),
        "changes": [visible(one) for one in found["changes"]],
        "said": ", ".join(said if logprob is None else [*said, f"mean log-probability {logprob:.3f}"]),
        "cut": found["finish_reason"] == "length",
        "empty": not found["text"].strip(),
    }


def _samples(row: Sampling, order: SamplingOrder) -> int:
    return row.benchmark.problem_count * len(order.decoding.temperatures) * order.decoding.n


def _mean(answers: Sequence[Mapping[str, Any]], name: str) -> float | None:
    counts = [one[name] for one in answers]
    return None if None in counts else sum(counts) / len(counts)


def _parts(prompts: int, answers: int) -> str:
    return f"{prompts:,} of prompts, {answers:,} of answers"


def _cost(prompts: int, answers: int, order: SamplingOrder) -> str:
    """What the tokens cost at the prices that the owner gave; empty where none was given."""
    server = order.server
    if server.prompt_price is None and server.completion_price is None:
        return ""
    cost = prompts * (server.prompt_price or 0) + answers * (server.completion_price or 0)
    return f"{cost / _MILLION:,.2f}"
