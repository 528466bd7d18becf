"""The tiers of isolation: what each looks like from inside, and which one a machine gets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.records import Judgement, Limits, Problem, Program, Verdict
from evaluator.sandbox import seccomp, syscall_table, syscalls
from evaluator.sandbox.probe import TIERS, best_tier, probe

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
LIMITS = Limits(cpu_seconds=0.5, wall_factor=8.0)
TELL = Problem(
    "Own/tell",
    "",
    "solve",
    "def check(candidate):\n    assert candidate() == 17\n",
    "def solve():\n    return 17\n",
)
INSIDE = """
import os, sys, socket
def solve():
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "folder": os.listdir("."),
        "root": sorted(os.listdir("/")) if os.access("/", os.R_OK) and not TIER_B else None,
        "groups": os.getgroups(),
        "environment": sorted(os.environ),
        "arguments": (sys.argv, sys.orig_argv),
        "seeded": __import__("random").random(),
        "hash": hash("x"),
    }
"""


@pytest.fixture(params=list(TIERS))
def tier(request: pytest.FixtureRequest) -> str:
    wanted: str = request.param
    if wanted == "A+" and os.geteuid() != 0:
        pytest.skip("tier A+ is for root")
    return wanted


def judged(tier: str, source: str, problem: Problem = TELL) -> Judgement:
    with Evaluator(LIMITS, ("numpy",), tier) as evaluator:
        (judgement,) = evaluator.judge(problem, [Program(problem.task_id, source, problem.content_hash)])
    return judgement


def told(tier: str) -> dict[str, Any]:
    """What a program sees in there: its answer comes back as text."""
    judgement = judged(tier, INSIDE.replace("TIER_B", str(tier == "B")))
    assert judgement.detail.actual is not None, judgement
    seen: dict[str, Any] = eval(judgement.detail.actual)
    return seen


def test_the_best_tier_is_one_that_works() -> None:
    assert judged(best_tier(), TELL.canonical_solution).verdict is Verdict.PASSED


def test_verdicts_are_the_same_on_each_tier(tier: str) -> None:
    problems = load_benchmark("humaneval").problems[::20]
    with Evaluator(LIMITS, ("numpy",), tier) as evaluator:
        for problem in problems:
            sources = (problem.prompt + problem.canonical_solution, problem.prompt + "    return 1 / 0\n")
            programs = [Program(problem.task_id, source, problem.content_hash) for source in sources]
            verdicts = [judgement.verdict for judgement in evaluator.judge(problem, programs)]
            assert verdicts == [Verdict.PASSED, Verdict.EXCEPTION], problem.task_id


def test_packages_of_the_benchmark_are_there_and_others_are_not(tier: str) -> None:
    assert (
        judged(tier, "import numpy\ndef solve():\n    return int(numpy.sum([8, 9]))\n").verdict
        is Verdict.PASSED
    )
    assert (
        judged(tier, "import django\ndef solve():\n    return 17\n").detail.exception == "ModuleNotFoundError"
    )


def test_a_program_sees_little(tier: str) -> None:
    seen = told(tier)
    assert seen["folder"] == []
    assert seen["arguments"] == ([""], [""])
    assert "PATH" in seen["environment"]
    assert not {name for name in seen["environment"] if re.search("SECRET|DJANGO|DATABASE|USER", name)}
    if tier != "B":
        assert seen["pid"] == 1
        assert seen["parent"] == 0
        assert not {"proc", "sys", "home", "var", "mnt"} & set(seen["root"])
    if tier == "A+":
        assert seen["groups"] == []


def test_chance_is_the_same_in_every_execution(tier: str) -> None:
    first, second = told(tier), told(tier)
    assert first["seeded"] == second["seeded"]
    assert first["hash"] == second["hash"]


REFUSING = """
import sys
from evaluator.sandbox import syscalls
refused = [int(number) for number in sys.argv[1:]]
syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
rules = [(0x20, 0, 0, 0)]
for number in refused:
    rules += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050001)]
syscalls.install_filter([*rules, (0x06, 0, 0, 0x7FFF0000)])
from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.probe import best_tier, probe
try:
    print("TIER", best_tier())
except SandboxUnavailable as error:
    print("NONE", error)
print("\\n".join(probe().advice()))
"""
UNSHARE = {"x86_64": 272, "aarch64": 97}.get(syscalls.MACHINE, 0)
LANDLOCK = 444


def probed_where_refused(*numbers: int) -> str:
    """What `probe` finds on a machine that refuses these system calls, as containers do."""
    done = subprocess.run(
        [sys.executable, "-c", REFUSING, *map(str, numbers)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_where_namespaces_are_refused_landlock_does_it() -> None:
    found = probed_where_refused(UNSHARE)
    assert found.startswith("TIER B")
    assert "tier A: [Errno 1] unshare: Operation not permitted; to get it, allow user namespaces" in found


def test_where_nothing_works_no_program_runs_and_the_remedy_is_told() -> None:
    found = probed_where_refused(UNSHARE, LANDLOCK)
    assert found.startswith("NONE this machine offers no isolation, so no program is run")
    assert "user.max_user_namespaces" in found
    assert "tier B: this kernel has no Landlock" in found


def entries(table: str) -> list[list[str]]:
    return [entry.split(":") for entry in table.split()]


def test_no_system_call_is_named_twice() -> None:
    tables = (syscall_table.ALLOWED, syscall_table.FATAL)
    for column in (0, 1, 2):
        numbers = [entry[column] for table in tables for entry in entries(table) if entry[column] != "-"]
        assert len(numbers) == len(set(numbers)), column
    assert all(len(entry) == 3 for table in tables for entry in entries(table))


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES)
def test_filters_are_well_formed_on_each_architecture(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    column = syscalls.ARCHITECTURES.index(machine)
    numbers = {name: pair[column] for name, pair in syscalls._NUMBERS.items()}
    monkeypatch.setattr(syscalls, "MACHINE", machine)
    monkeypatch.setattr(syscalls, "NUMBER", numbers)
    for instructions in (
        seccomp.cell_filter(),
        seccomp.cell_filter(cell_may_fork=True),
        seccomp.lone_program_filter(4711),
    ):
        assert len(instructions) < 4096
        assert instructions[-1][0] == 0x06
        for place, (code, if_true, if_false, _) in enumerate(instructions):
            assert max(if_true, if_false) < 256
            assert code in (0x06, 0x20) or place + 1 + max(if_true, if_false) < len(instructions)


def test_every_better_tier_that_was_refused_has_its_reason_and_its_remedy() -> None:
    found = probe()
    assert found.tier in ("A+", "A", "B")
    assert len(found.advice()) == len(found.refused)
