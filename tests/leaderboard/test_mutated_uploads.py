"""Whatever is uploaded, it becomes a whole run, or a refusal that names its reason and leaves nothing."""

from __future__ import annotations

import time
from collections import Counter
from random import Random

import pytest
from django.contrib.auth.models import User

from evaluator.problem_sets import load_benchmark
from leaderboard.services import benchmarks
from leaderboard.services.upload_files import plain_name
from tests.mutations.archive_damage import ARCHIVES, PackageDamage
from tests.mutations.mutant import mutant
from tests.mutations.seeds import seeds
from tests.mutations.trial import ACCEPTED, FAILURES, REFUSED, Site

MUTANTS = 300
SEED = 0


@pytest.mark.django_db(transaction=True)
def test_a_damaged_file_becomes_a_whole_run_or_is_refused_with_a_reason() -> None:
    site = Site(User.objects.create_user("uploader"), benchmarks.load(load_benchmark("humaneval")))
    outcomes: Counter[str] = Counter()
    for number in range(MUTANTS):
        damaged = mutant(number, SEED)
        found = site.try_out(damaged)
        outcomes[found.kind] += 1
        assert found.kind not in FAILURES, f"mutant {number}, {damaged.damages}: {found.kind}: {found.text}"
    assert outcomes[ACCEPTED] > MUTANTS // 20
    assert outcomes[REFUSED] > MUTANTS // 4


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a\tb\n.jsonl", "a b .jsonl"),
        ("../x\u202el.jsonl", "x\\u202el.jsonl"),
        ("half \ud83d.jsonl", "half \\ud83d.jsonl"),
        ("\0\n", "samples.jsonl"),
        (None, "samples.jsonl"),
    ],
)
def test_a_files_name_is_stored_so_that_it_can_be_shown(given: str | None, stored: str) -> None:
    assert plain_name(given) == stored


def test_a_mutant_is_the_same_one_each_time() -> None:
    assert [mutant(number, 1).content for number in range(20)] == [mutant(n, 1).content for n in range(20)]
    assert mutant(0, 1).content != mutant(0, 2).content


@pytest.mark.parametrize("damage", dict.fromkeys(ARCHIVES))
def test_a_mutant_knows_no_time(damage: PackageDamage, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> list[bytes]:
        return [damage(package, Random(number)) for number, package in enumerate(seeds()[:20])]

    before = damaged()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(0))
    assert damaged() == before
