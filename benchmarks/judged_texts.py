"""What the made-up models of the big site write: real programs, judged and scanned once.

Reference solutions and seeded mutations of them (`evaluator.demo_samples`), a few that strain a limit.
Knows no Django, so that it can work in processes of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context

from evaluator.demo_samples.hazards import STRAINS, strained
from evaluator.demo_samples.menu import menu
from evaluator.evaluate import Evaluator
from evaluator.records import Benchmark, Finding, Judgement, Limits, Problem, Program, Verdict
from evaluator.security import scan

_SEED = 1
_WORKING, _SUBTLE, _CRUDE = 7, 11, 4  # texts of each sort per problem
_STRAINED = 8  # one problem in so many has a text that strains a limit
_LIMITS = Limits(cpu_seconds=0.3)  # loops are the dearest of them, and no reference needs a tenth of it


@dataclass(frozen=True, slots=True)
class Text:
    """A program with its verdict and findings."""

    source: str
    judgement: Judgement
    findings: tuple[Finding, ...] = ()

    @property
    def right(self) -> bool:
        return self.judgement.verdict is Verdict.PASSED


def judged_texts(benchmark: Benchmark) -> dict[str, list[Text]]:
    """The texts of each problem by task id, really run and really scanned. A few thousand programs."""
    problems = list(enumerate(benchmark.problems))
    workers = os.cpu_count() or 1
    shares = [problems[place::workers] for place in range(workers)]
    # Started afresh: a process that is forked would bring this one's threads' locks with it.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        judged = pool.map(_judged, shares, [benchmark.packages] * workers)
        texts = {task_id: found for share in judged for task_id, found in share.items()}
    findings = iter(scan([text.source for one in texts.values() for text in one]))
    return {
        task_id: [replace(text, findings=next(findings)) for text in one] for task_id, one in texts.items()
    }


def _judged(share: Sequence[tuple[int, Problem]], packages: tuple[str, ...]) -> dict[str, list[Text]]:
    texts = {}
    with Evaluator(_LIMITS, packages) as evaluator:
        for place, problem in share:
            programs = _programs(problem, place)
            judgements = evaluator.judge(problem, programs)
            texts[problem.task_id] = [
                Text(program.source, judgement)
                for program, judgement in zip(programs, judgements, strict=True)
            ]
    return texts


def _programs(problem: Problem, place: int) -> list[Program]:
    offered = menu(problem, _SEED)
    sorts = ((offered.working, _WORKING), (offered.insecure, 2), (offered.subtle, _SUBTLE))
    completions = [
        one.text for texts, most in (*sorts, (offered.crude, _CRUDE)) for one in islice(texts, most)
    ]
    if place % _STRAINED == 0:
        kinds = list(STRAINS)
        completions.append(strained(problem.canonical_solution, kinds[place // _STRAINED % len(kinds)]))
    sources = dict.fromkeys(problem.prompt + text.rstrip() + "\n" for text in completions)
    return [Program(problem.task_id, source, problem.content_hash) for source in sources]
