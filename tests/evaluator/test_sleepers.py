"""Programs that sleep: no core waits for them, and their verdicts are those that they would have anyway."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.evaluate import Evaluator
from evaluator.records import Benchmark, Judgement, Limits, Problem, Program, Sample, TextKind, Verdict
from evaluator.sandbox.cell import Cell
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.wire import End
from evaluator.score import score
from evaluator.spares import most_spares
from evaluator.worker import Chunk, JudgedChunk
from evaluator.workers import Workers
from tests.attack_range import descendants
from tests.evaluator.test_cell import config, next_end

pytestmark = pytest.mark.sandbox

LIMITS = Limits(cpu_seconds=1.0, wall_factor=6.0)
PATIENT = Limits(cpu_seconds=1.0, wall_factor=600.0)  # what sleeps does so for longer than any test
RIGHT = "    return x + 1\n"
PROBLEM = Problem(
    task_id="Own/1",
    prompt="def f(x):\n",
    entry_point="f",
    test="def check(candidate):\n    assert candidate(1) == 2\n",
    canonical_solution=RIGHT,
)
BENCHMARK = Benchmark("own", "Own", "", "", (PROBLEM,))


def sleeping(seconds: float, after: str = "") -> str:
    return f"    import time\n    time.sleep({seconds})\n{after}{RIGHT}"


def programs(*bodies: str) -> tuple[Program, ...]:
    sources = [f"{PROBLEM.prompt}{body}# {number}\n" for number, body in enumerate(bodies)]
    return tuple(Program(PROBLEM.task_id, source, PROBLEM.content_hash) for source in sources)


def chunks(given: tuple[Program, ...], size: int) -> list[Chunk]:
    return [Chunk(PROBLEM.task_id, given[start : start + size]) for start in range(0, len(given), size)]


def in_order(results: Iterator[tuple[Chunk, JudgedChunk]]) -> list[tuple[Program, Judgement]]:
    return [pair for chunk, judged in results for pair in zip(chunk.programs, judged.judgements, strict=True)]


def children() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid is not None}


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until_a_spare_starts(
    results: Iterator[tuple[Chunk, JudgedChunk]], before: set[int]
) -> tuple[list[tuple[Chunk, JudgedChunk]], int]:
    """The results that came before, and its process."""
    came = []
    while not (spares := children() - before):
        came.append(next(results))
    return came, spares.pop()


def test_quick_programs_are_judged_while_others_sleep() -> None:
    bodies = [sleeping(60), RIGHT, RIGHT, sleeping(60), RIGHT, RIGHT, sleeping(60), *[RIGHT] * 9]
    given = programs(*bodies)
    with Workers(BENCHMARK, LIMITS, best_tier(), 1, spares=3) as workers:
        found = in_order(workers.results(chunks(given, 4)))
    slept = [program for program in given if "sleep" in program.source]
    assert Counter(program for program, _ in found) == Counter(given)
    assert {program for program, _ in found[-3:]} == set(slept)
    assert {judgement.verdict for _, judgement in found[:-3]} == {Verdict.PASSED}
    for _, judgement in found[-3:]:
        assert judgement.verdict is Verdict.TIMEOUT
        assert judgement.detail.message == "had not ended after 6 s, mostly waiting"


def test_a_program_that_wakes_up_is_judged_by_what_it_does_then() -> None:
    bodies = [
        sleeping(1),
        sleeping(1, "    x = 7\n"),
        sleeping(1, "    while True: pass\n"),
        sleeping(1, "    raise KeyError\n"),
    ]
    samples = [Sample(PROBLEM.task_id, body, TextKind.COMPLETION, line=1) for body in bodies]
    scores = score(BENCHMARK, samples, LIMITS, workers=1)
    assert [str(judgement.verdict) for judgement in scores.judgements] == [
        "passed",
        "wrong_answer",
        "timeout",
        "exception",
    ]
    assert "of CPU time" in scores.judgements[2].detail.message


def test_spares_start_only_for_programs_that_sleep_and_serve_again() -> None:
    with Workers(BENCHMARK, LIMITS, best_tier(), 1, spares=1) as workers:
        before = children()
        list(workers.results(chunks(programs(*[RIGHT] * 8), 4)))
        assert children() == before
        given = programs(sleeping(1), sleeping(1.1), sleeping(1.2))
        found = in_order(workers.results(chunks(given, 3)))
        assert len(children() - before) == 1
    assert [program for program, _ in found] == list(given)
    assert {judgement.verdict for _, judgement in found} == {Verdict.PASSED}


def test_a_spare_that_is_killed_is_replaced_and_its_program_judged_once() -> None:
    given = programs(sleeping(1), *[RIGHT] * 7)
    with Workers(BENCHMARK, LIMITS, best_tier(), 1, spares=1) as workers:
        before = children()
        results = workers.results(chunks(given, 4))
        first, spare = until_a_spare_starts(results, before)
        os.kill(spare, signal.SIGKILL)
        found = in_order(iter([*first, *results]))
        assert len(children() - before - {spare}) == 1
    assert Counter(program for program, _ in found) == Counter(given)
    assert {judgement.verdict for _, judgement in found} == {Verdict.PASSED}


def test_a_worker_that_is_killed_takes_no_sleeper_with_it() -> None:
    given = programs(sleeping(1), *[RIGHT] * 20, sleeping(1.1), RIGHT)
    with Workers(BENCHMARK, LIMITS, best_tier(), 1, spares=2) as workers:
        before = children()
        results = workers.results(chunks(given, 4))
        first, spare = until_a_spare_starts(results, before)
        (worker,) = before
        os.kill(worker, signal.SIGKILL)
        found = in_order(iter([*first, *results]))
        assert spare in children()
    assert Counter(program for program, _ in found) == Counter(given)
    assert {judgement.verdict for _, judgement in found} == {Verdict.PASSED}


@pytest.mark.parametrize("spares", [0, 1])
def test_whoever_is_interrupted_waits_for_no_sleeper_and_leaves_no_process(spares: int) -> None:
    given = programs(RIGHT, RIGHT, sleeping(500), RIGHT, sleeping(500))
    before = set(descendants(os.getpid()))
    started: set[int] = set()

    def interrupted() -> None:
        with Workers(BENCHMARK, PATIENT, best_tier(), 1, spares=spares) as workers:
            for _ in workers.results(chunks(given, 2)):
                if len(children()) > spares:
                    started.update(set(descendants(os.getpid())) - before)
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    deadline = time.monotonic() + 60
    while any(map(runs, started)):  # cells among them, whoever is their parent by now
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_spares_sleepers_stay_where_they_are() -> None:
    given = programs(sleeping(1), RIGHT)
    with Workers(BENCHMARK, LIMITS, best_tier(), 1, spares=0) as workers:
        assert [program for program, _ in in_order(workers.results(chunks(given, 2)))] == list(given)


def test_a_cell_ends_what_waits_and_nothing_that_computes() -> None:
    computing = (
        "def f(): pass\nimport time\nend = time.thread_time() + 0.8\nwhile time.thread_time() < end: pass"
    )
    waiting = "def f(): pass\nimport select\nselect.select([], [], [], 100)"
    with Cell(config(best_tier())) as cell:
        cell.plan("f", [])
        cell.limit(5.0, 200.0, 0.4)
        ends = []
        for source in (computing, waiting, f"{computing}\n{waiting}", "def f(): pass"):
            cell.run(1, source, alone=True)
            ends.append(next_end(cell).end)
        assert ends == [End.EXITED, End.ASLEEP, End.ASLEEP, End.EXITED]


def test_the_limits_of_a_problem_are_measured_though_its_reference_sleeps() -> None:
    problem = Problem(PROBLEM.task_id, PROBLEM.prompt, "f", PROBLEM.test, sleeping(1))
    with Evaluator(Limits.auto()) as evaluator:
        program = Program(problem.task_id, problem.prompt + sleeping(1), problem.content_hash)
        assert list(evaluator.judge_awake(problem, [program])) == [None]
        assert evaluator.limits_for(problem).cpu_seconds < Limits.auto().cpu_seconds


def test_there_are_as_many_spares_as_there_is_memory_for() -> None:
    assert most_spares(1, 1 << 20) == 8
    assert most_spares(1, 1 << 60) == 0
