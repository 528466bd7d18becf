"""One cell, driven by hand; and what happens to programs when somebody outside kills parts of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evaluator.errors import CellBroken
from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Limits, Program, Verdict
from evaluator.sandbox import sweep, wire
from evaluator.sandbox.cell import Cell, Ended, Partial
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.wire import CellConfig, End
from tests.attack_files import PROBLEM
from tests.attack_range import descendants

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
LIMITS = Limits(cpu_seconds=0.5, wall_factor=8.0)
CPU, WALL = 0.3, 3.0
RIGHT = PROBLEM.prompt + PROBLEM.canonical_solution
SLOW = "import time\ntime.sleep(0.4)\n" + RIGHT
NO_CALLS: list[bytes] = []


def config(tier: str) -> CellConfig:
    return CellConfig(tier, "", (), LIMITS.memory_bytes, LIMITS.result_bytes, LIMITS.file_bytes)


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    with Cell(config(best_tier())) as opened:
        ready(opened)
        yield opened


def ready(cell: Cell) -> None:
    cell.plan("solve", NO_CALLS)
    cell.limit(CPU, WALL)


def next_end(cell: Cell) -> Ended:
    while not isinstance(report := cell.next_report(20), Ended):
        pass
    return report


def end_of(cell: Cell, source: str) -> Ended:
    cell.run(1, source)
    return next_end(cell)


def writing(data: str) -> str:
    """A program that writes to the evaluator's channel, whichever file that is."""
    return (
        "import os\nfor handle in range(3, 16):\n    try:\n"
        f"        os.write(handle, {data})\n    except OSError:\n        pass\n"
    )


def test_programs_report_in_their_order(cell: Cell) -> None:
    for number in range(20):
        cell.run(number, f"def solve(): pass\nimport time\ntime.sleep({0.002 * (number % 3)})")
    ends = [next_end(cell) for _ in range(20)]
    assert [(end.sequence, end.end) for end in ends] == [(number, End.EXITED) for number in range(20)]


def test_a_source_of_megabytes_goes_through_while_others_wait(cell: Cell) -> None:
    large = "#" + "x" * 10_000_000 + "\ndef solve(): pass\n"
    for number in range(4):
        cell.run(number, large)
    ends = [next_end(cell) for _ in range(4)]
    assert [(end.sequence, end.end) for end in ends] == [(number, End.EXITED) for number in range(4)]


def test_results_of_a_running_program_travel_and_it_can_be_stopped(cell: Cell) -> None:
    cell.run(7, writing("b'l' + bytes(4)") + "while True: pass")
    assert isinstance(cell.next_report(20), Partial)
    cell.stop(7)
    assert next_end(cell).end is End.STOPPED


def test_a_stop_that_comes_too_late_stops_no_other_program(cell: Cell) -> None:
    assert end_of(cell, "def solve(): pass").end is End.EXITED
    cell.stop(1)
    assert end_of(cell, "import time\ntime.sleep(0.1)\ndef solve(): pass").end is End.EXITED


@pytest.mark.parametrize(
    ("source", "end"),
    [
        ("while True: pass", End.CPU_LIMIT),
        ("import time; time.sleep(100)", End.WALL_LIMIT),
        (writing("bytes(9 << 20)"), End.RESULT_LIMIT),
        ("import os; os._exit(9)", End.EXITED),
        ("import ctypes; ctypes.string_at(0)", End.SIGNALLED),
    ],
)
def test_each_end_is_seen_by_the_keeper(cell: Cell, source: str, end: End) -> None:
    cell.limit(0.1, WALL)
    assert end_of(cell, source).end is end
    cell.limit(CPU, WALL)


def test_cpu_time_is_what_the_program_used(cell: Cell) -> None:
    spent = end_of(cell, "import time\nwhile time.process_time() < 0.2: pass").cpu_seconds
    assert 0.15 < spent < 0.4
    assert end_of(cell, "import time\ntime.sleep(0.2)").cpu_seconds < 0.15


def test_a_cell_is_the_first_to_go_when_memory_runs_out(cell: Cell) -> None:
    scores = [
        Path(f"/proc/{pid}/oom_score_adj").read_text().strip() for pid in descendants(cell._process.pid)
    ]
    assert set(scores) <= {"1000"}
    assert Path(f"/proc/{cell._process.pid}/oom_score_adj").read_text().strip() == "1000"


def test_nothing_of_the_keepers_environment_goes_in(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSBOARD_SECRET_KEY", "nobody's business")
    with Cell(config(best_tier())) as fresh:
        ready(fresh)
        report = end_of(
            fresh, "import os\nassert 'PASSBOARD_SECRET_KEY' not in os.environ\ndef solve(): pass"
        )
    assert report.frames.startswith(wire.LOADED)


@pytest.mark.parametrize("tier", ["A+", "A", "B"])
def test_closing_a_cell_ends_everything_in_it(tier: str) -> None:
    if tier == "A+" and os.geteuid() != 0:
        pytest.skip("needs root")
    before = descendants()
    cell = Cell(config(tier))
    ready(cell)
    cell.run(1, "import time, os\nopen('left', 'w')\nos.makedirs('a/b')\ntime.sleep(100)")
    size = 4 if tier == "B" else 5  # guard, warden, zygote, compiler, program
    wait_for(lambda: len(descendants() - before) == size)
    work = cell.config.work
    assert bool(work) == (tier == "B")
    cell.close()
    cell.close()
    wait_for(lambda: not descendants() - before)
    assert not (work and os.path.exists(work))
    with pytest.raises(CellBroken):
        cell.run(2, "x = 1")


def test_a_dead_or_silent_cell_is_broken() -> None:
    with Cell(config(best_tier())) as cell:
        with pytest.raises(CellBroken, match="in time"):
            cell.next_report(0.1)
        cell._process.kill()
        with pytest.raises(CellBroken):
            cell.next_report(10)


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def judged_while_killing(source: str, times: int, tier: str, whom: str) -> Judgement:
    """Judge a slow program; kill a process of its cell each time that it runs."""
    with Evaluator(LIMITS, tier=tier, shares=False) as evaluator:
        program = Program(PROBLEM.task_id, RIGHT, PROBLEM.content_hash)
        before = descendants()
        assert [judgement.verdict for judgement in evaluator.judge(PROBLEM, [program])] == [Verdict.PASSED]

        def kill() -> None:
            size = 3 if tier == "B" else 4  # guard, warden, zygote, compiler
            for _ in range(times):
                wait_for(lambda: len(descendants() - before) > size)
                (root,) = [cell._process.pid for cell in evaluator._cells.values()]
                below = sorted(descendants(root))
                with contextlib.suppress(ProcessLookupError):
                    os.kill({"guard": root, "warden": below[0], "zygote": below[-3]}[whom], signal.SIGKILL)
                wait_for(lambda killed=root: killed not in descendants())  # type: ignore[misc]

        killer = threading.Thread(target=kill)
        killer.start()
        slow = Program(PROBLEM.task_id, source, PROBLEM.content_hash)
        following = Program(PROBLEM.task_id, RIGHT + "\n", PROBLEM.content_hash)
        judgements = list(evaluator.judge(PROBLEM, [slow, following, program]))
        killer.join()
    assert [judgement.verdict for judgement in judgements[1:]] == [Verdict.PASSED] * 2
    wait_for(lambda: not descendants() - before)
    return judgements[0]


@pytest.mark.parametrize(
    ("tier", "whom"), [("A", "guard"), ("A", "warden"), ("A", "zygote"), ("B", "guard"), ("B", "zygote")]
)
def test_a_program_whose_cell_is_killed_once_is_judged_all_the_same(tier: str, whom: str) -> None:
    assert judged_while_killing(SLOW, 1, tier, whom).verdict is Verdict.PASSED


def test_a_program_whose_cell_is_killed_twice_is_our_fault() -> None:
    judgement = judged_while_killing(SLOW, 2, best_tier(), "guard")
    assert judgement.verdict is Verdict.EVALUATOR_ERROR
    assert "broke 2 times" in judgement.detail.message


KEEPER = """
import sys
from evaluator.evaluate import Evaluator
from evaluator.records import Program
from tests.attack_files import PROBLEM
source = "import time\\nopen('left', 'w')\\ntime.sleep(1000)"
with Evaluator(tier=sys.argv[1]) as evaluator:
    list(evaluator.judge(PROBLEM, [Program(PROBLEM.task_id, source, PROBLEM.content_hash)]))
"""


@pytest.mark.parametrize("tier", ["A+", "A", "B"])
def test_nothing_survives_a_killed_keeper(tier: str, tmp_path: Path) -> None:
    if tier == "A+" and os.geteuid() != 0:
        pytest.skip("needs root")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    keeper = subprocess.Popen([sys.executable, "-c", KEEPER, tier], env=environment)
    try:
        wait_for(lambda: len(descendants(keeper.pid)) == (4 if tier == "B" else 5), 30)
        family = descendants(keeper.pid)
    finally:
        keeper.kill()
        keeper.wait()
    wait_for(lambda: not any(is_running(pid) for pid in family))


def is_running(pid: int) -> bool:
    """A zombie that nobody has looked at yet does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_busy_neighbours_change_no_verdict() -> None:
    """Slow but correct programs stay so: limits are of CPU time, not of time."""
    burn = f"import time\nwhile time.process_time() < {LIMITS.cpu_seconds * 2 / 3}: pass\n"
    programs = [
        Program(PROBLEM.task_id, f"{burn}{RIGHT}# {number}\n", PROBLEM.content_hash) for number in range(3)
    ]
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        with Evaluator(Limits(LIMITS.cpu_seconds, wall_factor=60.0)) as evaluator:
            verdicts = [judgement.verdict for judgement in evaluator.judge(PROBLEM, programs)]
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert verdicts == [Verdict.PASSED] * 3


def test_a_caller_who_stops_listening_leaves_no_program_running() -> None:
    programs = [
        Program(PROBLEM.task_id, source, PROBLEM.content_hash) for source in (RIGHT, SLOW, SLOW + "\n")
    ]
    with Evaluator(LIMITS) as evaluator:
        judgements = evaluator.judge(PROBLEM, programs)
        assert next(judgements).verdict is Verdict.PASSED
        judgements.close()  # type: ignore[attr-defined]
        assert [one.verdict for one in evaluator.judge(PROBLEM, programs[:1])] == [Verdict.PASSED]


def test_sweeping_empties_what_no_path_can_name(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for depth in range(600):
        name = f"folder-{depth:04}"
        os.mkdir(name, dir_fd=here)
        os.close(os.open("file", os.O_CREAT, dir_fd=here))
        deeper = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    for number in range(50):
        (tmp_path / f"wide-{number}").mkdir(mode=0)
        (tmp_path / f"link-{number}").symlink_to("/")
    tmp_path.chmod(0)
    sweep.empty(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_a_first_cell_found_out_a_second_one_is_told() -> None:
    with Cell(config(best_tier())), Cell(config(best_tier())) as told:
        assert any(path.endswith("lib-dynload") for path in told.config.layout[3])
