"""The compiler inside the cell settles what is plain, and leaves the rest to the programs' own processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from evaluator.errors import CellBroken
from evaluator.evaluate import Evaluator
from evaluator.records import Program, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Cell, Ended
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.wire import End
from tests.attack_files import PROBLEM
from tests.attack_range import descendants
from tests.evaluator.test_cell import CPU, LIMITS, NO_CALLS, RIGHT, WALL, config, end_of, next_end


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    with Cell(config(best_tier())) as opened:
        opened.plan("solve", NO_CALLS)
        opened.limit(CPU, WALL)
        yield opened


UNSETTLED = {
    "half a character": "x = '\ud800'",
    "too deep": "x = " + "-" * 20_000 + "1",
    "a set that is a constant": "def solve(): pass\nfor x in {1, 9, 17}: pass",
}


@pytest.mark.parametrize("source", UNSETTLED.values(), ids=UNSETTLED)
def test_what_the_compiler_will_not_settle_is_compiled_by_the_programs_own_process(
    cell: Cell, source: str
) -> None:
    assert end_of(cell, source).end is End.UNSETTLED
    cell.run(2, source, alone=True)
    report = cell.next_report(10)
    assert isinstance(report, Ended)
    assert report.end is End.EXITED
    assert report.frames


def test_no_process_is_needed_to_say_that_a_source_is_no_program(cell: Cell) -> None:
    report = end_of(cell, "def solve(:\n    pass")
    assert report.end is End.EXITED
    assert report.frames.startswith(wire.NOT_COMPILED)
    assert end_of(cell, "def solve(): pass").frames.startswith(wire.LOADED)


def test_a_compiler_serves_one_plan_and_its_death_over_an_order_breaks_the_cell() -> None:
    with Cell(config(best_tier())) as cell:
        before = descendants()

        def compiler() -> int:
            assert end_of(cell, "def solve(): pass").frames.startswith(wire.LOADED)
            (pid,) = descendants() - before
            return pid

        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, WALL)
        first = compiler()
        assert compiler() == first
        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, WALL)
        second = compiler()
        assert second != first
        os.kill(second, signal.SIGSTOP)
        cell.run(1, "def solve(): pass")
        time.sleep(0.1)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(CellBroken):  # it took who knows how much of the source
            next_end(cell)


HANDLES = """
import os
def solve(*_):
    found = []
    for handle in range(64):
        try:
            found.append(oct(os.fstat(handle).st_mode >> 12))
        except OSError:
            pass
    raise ValueError(found[3:])
"""


def test_a_program_that_compiles_itself_holds_no_way_to_the_compiler_of_the_others() -> None:
    """Whoever can order the compiler can have it read what the next programs are."""
    sources = [RIGHT, HANDLES, HANDLES + "#" * wire.MAX_PREPARED]
    programs = [Program(PROBLEM.task_id, source, PROBLEM.content_hash) for source in sources]
    with Evaluator(LIMITS) as evaluator:
        _, prepared, alone = evaluator.judge(PROBLEM, programs)
    assert prepared.detail.message == alone.detail.message == "['0o1']"  # the pipe that it answers by


def test_every_source_gets_the_verdict_that_it_gets_alone() -> None:
    sources = [*UNSETTLED.values(), "def f(:", "x = 1", RIGHT + "\nassert 3 in {1, 2, 3}", RIGHT]
    programs = [Program(PROBLEM.task_id, source, PROBLEM.content_hash) for source in sources]
    padding = "\n#" + "-" * wire.MAX_PREPARED
    alone = [Program(PROBLEM.task_id, source + padding, PROBLEM.content_hash) for source in sources]
    with Evaluator(LIMITS) as evaluator:
        together = list(evaluator.judge(PROBLEM, programs))
        apart = list(evaluator.judge(PROBLEM, alone))
    assert [one.verdict for one in together] == [one.verdict for one in apart]
    assert [one.detail.message for one in together] == [one.detail.message for one in apart]
    assert together[-1].verdict is Verdict.PASSED


def test_a_source_that_is_long_on_its_way_breaks_no_cell() -> None:
    """On a busy machine megabytes take their time. The program's own begins when it has read what it is."""
    program = b"\0def solve(): pass"
    with Cell(config(best_tier())) as cell:
        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, 0.2)
        cell._flush()
        cell._socket.send(wire.MESSAGE.pack(wire.RUN_ALONE, 1, len(program)) + program[:5])
        time.sleep(0.5)
        cell._socket.send(program[5:])
        assert next_end(cell).sequence == 1
