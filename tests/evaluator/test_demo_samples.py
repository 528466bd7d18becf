"""The demo's samples: the same everywhere, diverse, and as strong as they claim. Nothing is executed here."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from evaluator.demo_samples import DEMO_N, DEMO_RUNS, DEMO_SEED, PROFILES, demo_samples
from evaluator.demo_samples.hazards import LOOP, STRAINS
from evaluator.demo_samples.menu import menu
from evaluator.demo_samples.reference import Edit, Reference, applied
from evaluator.demo_samples.slips import slips
from evaluator.errors import ProblemSetError
from evaluator.problem_sets import load_benchmark
from evaluator.problem_sets.secure_tasks import insecure_solution
from evaluator.records import Problem

ROOT = Path(__file__).resolve().parents[2]
HUMANEVAL = load_benchmark("humaneval")
SMALL, MEDIUM, LARGE = PROFILES.values()
DIGEST = """
import hashlib, json
from evaluator.demo_samples import PROFILES, demo_samples
from evaluator.problem_sets import load_benchmark
records = list(demo_samples(load_benchmark("humaneval"), PROFILES["demo-medium"], 0.6, 5, 7))
print(hashlib.sha256(json.dumps(records).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def runs():
    return {
        (run.profile.slug, run.temperature): list(
            demo_samples(HUMANEVAL, run.profile, run.temperature, DEMO_N, DEMO_SEED)
        )
        for run in DEMO_RUNS
    }


def problem(body: str, prompt: str = "def solve(x, y):\n") -> Problem:
    return Problem("Test/0", prompt, "solve", "def check(candidate): pass", body)


def parses(task_id: str, completion: str) -> bool:
    try:
        ast.parse(HUMANEVAL.by_task_id[task_id].prompt + completion)
    except SyntaxError:
        return False
    return True


def share(records, holds) -> float:
    return sum(map(holds, records)) / len(records)


def distinct(records) -> set[tuple[str, str]]:
    return {(record["task_id"], record["completion"]) for record in records}


def test_records_have_human_evals_form_in_the_benchmarks_order(runs):
    expected = [one.task_id for one in HUMANEVAL.problems for _ in range(DEMO_N)]
    for records in runs.values():
        assert [record["task_id"] for record in records] == expected
        assert all(set(record) == {"task_id", "completion", "mean_logprob"} for record in records)
        assert all(-2.0 <= record["mean_logprob"] <= -0.01 for record in records)


def test_the_same_seed_gives_the_same_samples_in_every_process():
    records = list(demo_samples(HUMANEVAL, MEDIUM, 0.6, 5, 7))
    here = hashlib.sha256(json.dumps(records).encode()).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "4242"}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_another_seed_gives_other_samples():
    assert list(demo_samples(HUMANEVAL, MEDIUM, 0.6, 2, 7)) != list(
        demo_samples(HUMANEVAL, MEDIUM, 0.6, 2, 8)
    )


def test_scoring_the_whole_demo_stays_cheap(runs):
    assert sum(len(distinct(records)) for records in runs.values()) < 12_000
    loops = sum(text.startswith(LOOP) for records in runs.values() for _, text in distinct(records))
    assert 1 <= loops <= 12


def test_every_kind_of_strain_occurs(runs):
    texts = [text for records in runs.values() for _, text in distinct(records)]
    for kind, start in STRAINS.items():
        assert any(text.startswith(start) for text in texts), kind


def test_most_samples_parse_and_stronger_models_garble_less(runs):
    shares = [
        share(runs[profile.slug, 0.6], lambda record: parses(record["task_id"], record["completion"]))
        for profile in (SMALL, MEDIUM, LARGE)
    ]
    assert shares == sorted(shares)
    assert shares[0] > 0.75
    assert shares[-1] < 0.99


@pytest.mark.parametrize("temperature", [0.2, 0.6, 1.0])
def test_stronger_models_write_more_working_code(runs, temperature):
    working = {one.task_id: {c.text for c in menu(one, DEMO_SEED).working} for one in HUMANEVAL.problems}
    references = {one.task_id: one.canonical_solution for one in HUMANEVAL.problems}
    for holds in (
        lambda record: record["completion"] == references[record["task_id"]],
        lambda record: record["completion"] in working[record["task_id"]],
    ):
        small, medium, large = (share(runs[p.slug, temperature], holds) for p in (SMALL, MEDIUM, LARGE))
        assert small < medium < large


@pytest.mark.parametrize("slug", list(PROFILES))
def test_hotter_samples_are_more_diverse_and_less_often_right(runs, slug):
    cool, warm, hot = (runs[slug, temperature] for temperature in (0.2, 0.6, 1.0))
    assert len(distinct(cool)) * 1.3 < len(distinct(warm)) < len(distinct(hot))
    right = [
        share(records, lambda r: r["completion"] in {c.text for c in menus(r["task_id"]).working})
        for records in (cool, warm, hot)
    ]
    assert right[2] < min(right[:2])
    assert right[1] < right[0] + 0.005  # the standard error of a weak model's share


def menus(task_id: str):
    return menu(HUMANEVAL.by_task_id[task_id], DEMO_SEED)


def test_problems_differ_in_difficulty_alike_for_all_models(runs):
    def solved(slug):
        counts = defaultdict(int)
        for record in runs[slug, 0.6]:
            counts[record["task_id"]] += record["completion"] in {
                c.text for c in menus(record["task_id"]).working
            }
        return counts

    medium, large = solved(MEDIUM.slug), solved(LARGE.slug)
    assert min(medium.values()) == 0
    assert max(medium.values()) >= 15
    hard, easy = ([t for t in medium if test(medium[t])] for test in (lambda c: c == 0, lambda c: c >= 10))
    assert sum(large[t] for t in easy) / len(easy) > 2 * sum(large[t] for t in hard) / len(hard)


def test_the_log_probability_tells_something_but_not_all(runs):
    for records in runs.values():
        right, wrong = [], []
        for record in records:
            known = {c.text for c in menus(record["task_id"]).working}
            (right if record["completion"] in known else wrong).append(record["mean_logprob"])
        assert sum(right) / len(right) > sum(wrong) / len(wrong)
        assert min(right) < max(wrong)


def test_a_text_keeps_its_log_probability_at_every_temperature(runs):
    cool, hot = (
        {(r["task_id"], r["completion"]): r["mean_logprob"] for r in runs[LARGE.slug, temperature]}
        for temperature in (0.2, 1.0)
    )
    shared = cool.keys() & hot.keys()
    # The strained texts stand in for another draw and keep its figure.
    odd = [key for key in shared if cool[key] != hot[key] and not key[1].startswith(tuple(STRAINS.values()))]
    assert len(shared) > 300
    assert odd == []


def test_a_menu_repeats_no_text_and_knows_many_mistakes():
    kinds = set()
    for one in HUMANEVAL.problems:
        card = menu(one, DEMO_SEED)
        candidates = [*card.working, *card.insecure, *card.subtle, *card.crude]
        assert len({c.text for c in candidates}) == len(candidates)
        assert card.working[0].text == one.canonical_solution
        kinds |= {kind for c in candidates for kind in c.kind.split(" + ")}
    assert kinds >= {
        *("off by one", "flipped comparison", "dropped condition", "negated condition", "wrong operator"),
        *(
            "wrong constant",
            "wrong variable",
            "missing return",
            "early return",
            "swapped arguments",
            "wrong order",
        ),
        *("truncated", "misspelt name", "missing import", "stub", "printed, not returned", "unbalanced"),
        *(
            "renamed",
            "remark",
            "normalised",
            "mirrored",
            "named result",
            "evaluated copy",
            "weak hash",
            "unpickled",
        ),
    }


def test_rewrites_keep_the_meaning_where_a_tree_can_show_it():
    for one in HUMANEVAL.problems:
        original = one.prompt + one.canonical_solution
        for candidate in menu(one, DEMO_SEED).working:
            tree = ast.parse(one.prompt + candidate.text)
            if set(candidate.kind.split(" + ")) <= {"reference", "normalised", "remark"}:
                assert ast.dump(tree) == ast.dump(ast.parse(original)), one.task_id
            elif candidate.kind == "renamed":
                assert shape(tree) == shape(ast.parse(original)), one.task_id


def shape(tree: ast.Module) -> str:
    """The last function with its names numbered as they appear: equal where names differ one to one."""
    numbers: dict[str, str] = {}
    for node in ast.walk(tree.body[-1]):
        if isinstance(node, ast.Name):
            node.id = numbers.setdefault(node.id, f"n{len(numbers)}")
    return ast.dump(tree.body[-1])


def test_nothing_is_changed_where_a_while_could_then_run_for_ever():
    reference = Reference(problem("    while x < y:\n        x += 1\n    return x - y\n"))
    loop_end = reference.body.index("    return")
    found = list(slips(reference))
    assert found
    assert all(edit.start >= loop_end for edit in found)


def test_positions_are_right_behind_letters_of_several_bytes():
    reference = Reference(problem("    s = 'äöü→'; return x + 1\n", "def solve(x, y):\n    '''Größe'''\n"))
    texts = {applied(reference.body, [edit]) for edit in slips(reference) if edit.kind == "off by one"}
    assert "    s = 'äöü→'; return x + 2\n" in texts


def test_edits_that_overlap_are_refused():
    body = "    return x\n"
    assert applied(body, [Edit("one", 0, 12, "a"), Edit("two", 11, 12, "y")]) is None
    assert applied(body, [Edit("one", 0, 4, "  "), Edit("two", 11, 12, "y")]) == "  return y\n"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (problem("    return (\n"), "Test/0: the reference solution does not parse"),
        (
            problem("    return x\n", "def other(x):\n"),
            "Test/0: the reference solution defines no function 'solve'",
        ),
    ],
)
def test_a_problem_without_a_usable_reference_is_named(broken, says):
    with pytest.raises(ProblemSetError, match=says):
        menu(broken, 0)


def test_even_the_smallest_reference_has_a_menu():
    card = menu(problem("    return None\n"), 0)
    assert card.working
    assert card.crude


def test_problems_that_lure_into_an_insecure_solution_get_it_now_and_then() -> None:
    benchmark = load_benchmark("secure-tasks")
    records = list(demo_samples(benchmark, LARGE, 0.6, 10, DEMO_SEED))
    lured = share(
        records, lambda one: one["completion"] == insecure_solution(benchmark.by_task_id[one["task_id"]])
    )
    assert 0.1 < lured < 0.5
