"""Hostile programs, tried for real: none passes, none gets anywhere, none leaves anything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.records import Verdict
from evaluator.sandbox.probe import best_tier
from tests.attack_files import PROBLEM, Attack, attacks
from tests.attack_range import Range
from tests.needs import need
from tests.ordinary_user import as_nobody, copied, interpreter

ATTACKS = attacks()
ON_BEST = [attack for attack in ATTACKS if best_tier() in attack.tiers]
# How most harnesses check: in the program's own process, by a list of results or by the exit code.
IN_PROCESS = """
import json, sys
def run(source, test):
    result = []
    try:
        exec(source + "\\n" + test + "\\ncheck(solve)\\n", {})
        result.append("passed")
    except BaseException as error:
        result.append("failed: " + str(error))
    return result[0]
sys.stdout.write("\\nVERDICT " + run(*json.load(sys.stdin)))
sys.stdout.flush()
"""
BY_EXIT_CODE = """
import json, sys
source, test = json.load(sys.stdin)
exec(source + "\\n" + test + "\\ncheck(solve)\\n", {})
"""
CHECKERS = {
    "a checker in the program's own process": (
        IN_PROCESS,
        lambda done: done.stdout.endswith("VERDICT passed"),
    ),
    "a checker that looks at the exit code": (BY_EXIT_CODE, lambda done: done.returncode == 0),
}

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def field() -> Iterator[Range]:
    opened = Range(best_tier())
    yield opened
    left = opened.close()
    assert not left, left


def test_there_are_attacks_of_every_kind() -> None:
    groups = [attack.name.split("/")[0] for attack in ATTACKS]
    assert {"forging", "resources", "host"} == set(groups)
    assert min(map(groups.count, groups)) > 25


def test_no_attack_may_pass_or_be_our_fault() -> None:
    """A program that could choose not to be counted would raise its model's pass rate."""
    for attack in ATTACKS:
        assert attack.tries
        assert not attack.must_end & {Verdict.PASSED, Verdict.EVALUATOR_ERROR}, attack.name


@pytest.mark.parametrize("attack", ON_BEST, ids=[attack.name for attack in ON_BEST])
def test_attack_gets_nowhere_and_leaves_nothing(field: Range, attack: Attack) -> None:
    outcome = field.try_out(attack)
    assert not outcome.wrong, "\n".join(outcome.wrong)


FOOLING = [attack for attack in ATTACKS if attack.fools]


@pytest.mark.parametrize("attack", FOOLING, ids=[attack.name for attack in FOOLING])
def test_the_same_attack_fools_a_checker_without_a_judge_outside(attack: Attack) -> None:
    """So that what we repel is known to be an attack."""
    checker, is_fooled = CHECKERS[attack.fools]
    done = subprocess.run(
        [sys.executable, "-I", "-c", checker],
        input=json.dumps([attack.source, PROBLEM.test]),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        cwd=tempfile.gettempdir(),
    )
    assert is_fooled(done), done.stdout + done.stderr


@pytest.mark.parametrize("tier", ["A", "B"])
def test_forgeries_and_break_outs_fail_on_the_lesser_tiers_too(tier: str) -> None:
    chosen = [
        attack for attack in ATTACKS if tier in attack.tiers and not attack.name.startswith("resources")
    ]
    field = Range(tier)
    try:
        wrong = {attack.name: found for attack in chosen if (found := field.try_out(attack).wrong)}
    finally:
        left = field.close()
    assert not wrong
    assert not left


@pytest.fixture(scope="module")
def nobodys() -> Iterator[tuple[Path, str]]:
    """A folder with a copy of the evaluator, and a Python, that the user nobody can run."""
    if os.geteuid() != 0:
        pytest.skip("is an ordinary user already: the other tests show what this one would")
    need("Linux", sys.platform == "linux", "the sandbox works on no other system")
    place = Path(tempfile.mkdtemp(prefix="passboard-nobody-"))
    place.chmod(0o755)
    (place / "tmp").mkdir()
    (place / "tmp").chmod(0o777)
    copied(place)
    yield place, interpreter(place)
    shutil.rmtree(place)


@pytest.mark.parametrize("tier", ["A", "B"])
def test_every_attack_fails_where_an_ordinary_user_runs_the_evaluator(
    nobodys: tuple[Path, str], tier: str
) -> None:
    place, python = nobodys
    done = as_nobody([python, "copy/benchmarks/attack.py", "--tier", tier], place)
    need(f"tier {tier} as nobody", "SandboxUnavailable" not in done.stderr, done.stderr[-500:])
    wrong = [line for line in done.stdout.splitlines() if not line.endswith(" -")]
    assert done.returncode == 0, "\n".join([*wrong, done.stderr])
    assert ", 0 forged passes, 0 leftovers" in wrong[-1]
    assert not list((place / "tmp").iterdir())
