"""Comparisons as the API writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluator.metrics import Estimate
from evaluator.records import Limits
from leaderboard.api.schemas.common import Bounded, PassAtK, bounded
from leaderboard.api.schemas.comparisons import ComparedRun, PairOut, SolvedBy
from leaderboard.queries.compare import Comparison
from leaderboard.queries.compare_pairs import BOTH, FIRST, NEITHER, SECOND, PairResult, groups_of_pair
from leaderboard.time_limit import limit_words
from leaderboard.views.compare_rows import Figures, known_shares
from leaderboard.views.compare_words import test_name


def compared_run(compared: Comparison, names: Sequence[str], figures: Figures, place: int) -> ComparedRun:
    """The run at this place, on the shared problems."""
    run = compared.runs[place]
    flagged, passed_flagged = known_shares(compared, place)
    return ComparedRun(
        run=run.pk,
        name=names[place],
        temperature=run.temperature,
        verdicts_from=run.verdicts_from,
        samples=int(compared.n[place].sum()),
        left_out=compared.left_out[place],
        figures=[_figure(one) for one in figures[place].values()],
        flagged=bounded(flagged),
        passed_flagged=bounded(passed_flagged),
        verdicts=dict(compared.verdicts[place]),
        time_limit=limit_words(Limits(**run.limits)) if run.limits else "",
        judge=run.judge_version,
    )


def pair_out(compared: Comparison, pair: PairResult, rule: str) -> PairOut:
    counts = Counter(groups_of_pair(compared, pair.first, pair.second, rule))
    difference = pair.difference
    return PairOut(
        first=compared.runs[pair.first].pk,
        second=compared.runs[pair.second].pk,
        difference=Bounded(value=difference.value, low=difference.low, high=difference.high),
        p=pair.p,
        p_holm=pair.holm,
        test=test_name(pair).replace("’", "'"),
        differs=pair.differs,
        solved_by=SolvedBy(
            both=counts[BOTH], first=counts[FIRST], second=counts[SECOND], neither=counts[NEITHER]
        ),
    )


def _figure(one: Estimate) -> PassAtK:
    return PassAtK(k=one.k, value=one.value, low=one.low, high=one.high)
