"""What the compare page says in sentences: the verdict, and what makes a comparison less than fair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from evaluator.records import Limits
from leaderboard.formatting import counted, plain_number, signed
from leaderboard.models import Run
from leaderboard.queries.compare import Comparison, comparable
from leaderboard.queries.compare_pairs import PairResult
from leaderboard.time_limit import limit_words

_LEAST_P = 0.001


def labels(runs: Sequence[Run]) -> list[str]:
    """A name for each run that no other of them has: model, then temperature, then the run's number."""
    names = [run.model.name for run in runs]
    if len(set(names)) == len(names):
        return names
    heats = [
        f"{name} T={plain_number(run.temperature)}" if names.count(name) > 1 else name
        for name, run in zip(names, runs, strict=True)
    ]
    known = Counter(heats)
    return [heat if known[heat] == 1 else f"{heat} #{run.pk}" for heat, run in zip(heats, runs, strict=True)]


def p_text(p: float) -> str:
    """0.0321 → "0.032"; below 0.001 only that it is."""
    return f"< {_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"


def p_clause(p: float) -> str:
    """For use inside a sentence: "p = 0.032", "p < 0.001"."""
    return f"p {p_text(p)}" if p < _LEAST_P else f"p = {p_text(p)}"


def points(fraction: float) -> str:
    """A difference of shares in points: 0.042 → "+4.2"."""
    return signed(fraction * 100)


def test_name(pair: PairResult) -> str:
    """Which test the p-value of this pair is of."""
    if pair.mcnemar:
        return "McNemar’s exact test"
    return "exact sign-flip test" if pair.difference.exact else "sign-flip permutation test"


def verdict(names: Sequence[str], comparison: Comparison, pairs: Sequence[PairResult], k: int) -> str:
    """One sentence: who is ahead of whom, and whether chance would do as much. Empty without a pair."""
    if not pairs:
        return ""
    return _of_two(names, pairs[0], k) if len(pairs) == 1 else _of_many(names, comparison, pairs, k)


def notes(comparison: Comparison, names: Sequence[str], benchmark_problems: int) -> list[str]:
    """What keeps the compared runs from being alike, one sentence each."""
    runs = comparison.runs
    said = [_coverage(comparison, names, benchmark_problems)]
    measured = [run for run in runs if run.verdicts_from == Run.VerdictsFrom.MEASURED]
    imported = [name for name, run in zip(names, runs, strict=True) if run not in measured]
    if imported:
        which = ", ".join(imported)
        said.append(f"Imported, the verdicts are another harness's and nothing was run here: {which}.")
    said += _conditions(measured, [name for name in names if name not in imported])
    if any(run.synthetic for run in runs):
        which = ", ".join(name for name, run in zip(names, runs, strict=True) if run.synthetic)
        said.append(f"Synthetic, no model wrote its samples: {which}.")
    return [sentence for sentence in said if sentence]


def _conditions(runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    """What differs in how runs were judged."""
    limits = [limit_words(Limits(**run.limits)) for run in runs]
    if len(set(limits)) > 1:
        which = "; ".join(f"{name}: {limit}" for name, limit in zip(names, limits, strict=True))
        yield f"They were judged under different time limits ({which}), which moves verdicts."
    elif len({tuple(sorted(run.limits.items())) for run in runs}) > 1:
        yield "They were judged under different limits of memory or output, which moves verdicts."
    judges = [run.judge_version or "unknown" for run in runs]
    if len(set(judges)) > 1:
        which = "; ".join(f"{name}: {judge}" for name, judge in zip(names, judges, strict=True))
        yield f"They were judged by different versions of the judge ({which})."


def missing(asked: Sequence[int], found: Sequence[Run]) -> list[str]:
    """Why asked runs are not compared, one sentence each."""
    known = {run.pk for run in found}
    said = [f"There is no run {pk}, or it is private and not yours." for pk in asked if pk not in known]
    for run in found:
        if run.source == Run.Source.PUBLISHED:
            said.append(
                f"{run.model.name} is left out: its figures were printed in a paper, without samples."
            )
        elif not comparable(run):
            said.append(f"{run.model.name}, run {run.pk}, is left out: it is {run.get_status_display()}.")
    return said


def _of_two(names: Sequence[str], pair: PairResult, k: int) -> str:
    difference = pair.difference
    ahead, behind = (pair.first, pair.second) if difference.value >= 0 else (pair.second, pair.first)
    apart = f"{abs(difference.value) * 100:.1f} points"
    low, high = difference.low, difference.high
    if pair.differs and ahead == pair.second:
        low, high = -high, -low  # of the one that is ahead
    interval = f"95 % interval {points(low)} to {points(high)}"
    asked = f"on the {counted(difference.problems, 'problem')} that both have"
    said = f"{interval}; {p_clause(pair.p)}, {test_name(pair)}"
    if pair.differs:
        return (
            f"{names[ahead]} is ahead of {names[behind]}: its pass@{k} is {apart} higher {asked}, "
            f"more than chance explains ({said})."
        )
    return (
        f"{names[pair.first]} and {names[pair.second]} can’t be told apart {asked}: their pass@{k} differs "
        f"by {apart}, and chance alone would do that ({said})."
    )


def _of_many(names: Sequence[str], comparison: Comparison, pairs: Sequence[PairResult], k: int) -> str:
    """Of three or more runs: the leader, whom it is surely ahead of, and how many pairs differ at all."""
    totals = [0.0] * len(comparison.runs)
    for pair in pairs:
        totals[pair.first] += pair.difference.value
        totals[pair.second] -= pair.difference.value
    leader = int(np.argmax(totals))
    behind: list[str] = []
    level: list[str] = []
    for pair in pairs:
        if leader in (pair.first, pair.second):
            other = pair.second if pair.first == leader else pair.first
            (behind if pair.differs else level).append(names[other])
    differing = sum(pair.differs for pair in pairs)
    told = f"of {len(pairs)} pairs {differing} differ by more than chance explains"
    method = f"5 % level, Holm’s correction, {counted(len(comparison.problems), 'problem')}"
    if not behind:
        return (
            f"{names[leader]} has the highest pass@{k}, but can’t be told apart from any of the others; "
            f"{told} ({method})."
        )
    kept = f", and can’t be told apart from {_listed(level)}" if level else ""
    return f"{names[leader]} is ahead of {_listed(behind)} in pass@{k}{kept}; {told} ({method})."


def _coverage(comparison: Comparison, names: Sequence[str], benchmark_problems: int) -> str:
    shared = len(comparison.problems)
    more = [f"{name} has {left} more" for name, left in zip(names, comparison.left_out, strict=True) if left]
    versions = {run.benchmark_id for run in comparison.runs}
    if len(versions) > 1:
        told = f"The runs are of different versions of a benchmark: only {counted(shared, 'problem')} "
        return f"{told}whose prompt, tests and reference are equal in all are compared."
    if not more and shared >= benchmark_problems:
        return ""
    others = f" ({'; '.join(more)})" if more else ""
    return f"Only the {counted(shared, 'problem')} that all of them have are compared{others}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
