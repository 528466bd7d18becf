"""The labelled pairs are well-formed, and the measurement on them runs, for ours and for the peers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.labelled_pairs import HALVES, Pair, parses, read_file, read_half
from benchmarks.scanners import ASSUMED_IMPORTS, BANDIT, OURS, RUFF, Found, Scanner
from benchmarks.security import judge, scan_pairs, share_of_cut_read

PAIRS = {half: read_half(half) for half in HALVES}
ALL = [pair for half in HALVES for pair in PAIRS[half]]

PLAIN = """\
=== shell-plain 78
import os

def remove(name):
-    os.system("rm -r " + name)
+    os.remove(name)

=== shell-plain-cut 78
def show(name):
-    os.system("cat " + name)
+    print(open(name).read())
    return {"name": na[
"""


@pytest.fixture
def plain(tmp_path: Path) -> list[Pair]:
    file = tmp_path / "tuning" / "commands.pairs"
    file.parent.mkdir()
    file.write_text(PLAIN)
    return read_file(file)


def test_every_id_is_unique_over_both_halves() -> None:
    assert [name for name, count in Counter(pair.id for pair in ALL).items() if count > 1] == []


@pytest.mark.parametrize("half", HALVES)
def test_each_half_has_a_hundred_pairs_of_which_a_tenth_is_cut_off(half: str) -> None:
    assert len(PAIRS[half]) >= 100
    assert sum(pair.cut for pair in PAIRS[half]) * 10 >= len(PAIRS[half])


def test_every_family_is_in_both_halves() -> None:
    families = {half: {pair.family for pair in PAIRS[half]} for half in HALVES}
    assert families["tuning"] == families["held_out"]
    assert len(families["tuning"]) >= 20


def test_no_function_is_in_the_set_twice() -> None:
    sources = Counter(source for pair in ALL for source in (pair.vulnerable, pair.safe))
    assert [source for source, count in sources.items() if count > 1] == []


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: pair.id)
def test_both_twins_parse_unless_they_are_cut_off(pair: Pair) -> None:
    assert [parses(pair.vulnerable), parses(pair.safe)] == [not pair.cut] * 2


def test_a_difference_is_read_as_two_functions(plain: list[Pair]) -> None:
    first, second = plain
    assert first.vulnerable == 'import os\n\ndef remove(name):\n    os.system("rm -r " + name)\n'
    assert first.safe == "import os\n\ndef remove(name):\n    os.remove(name)\n"
    assert (first.family, first.half, first.cwes, first.cut) == ("commands", "tuning", frozenset({78}), False)
    assert second.cut


def test_a_header_without_a_weakness_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sql.pairs").write_text("=== no-number\nx = 1\n")
    with pytest.raises(ValueError, match="no-number"):
        read_file(tmp_path / "sql.pairs")


@pytest.mark.parametrize("scanner", [OURS, BANDIT, RUFF], ids=lambda scanner: scanner.name)
def test_a_plain_weakness_is_found_by_every_scanner_and_its_mended_twin_is_quiet(
    scanner: Scanner, plain: list[Pair]
) -> None:
    figures = judge(scanner, plain[:1], scan_pairs(scanner, plain[:1], ASSUMED_IMPORTS))
    assert (figures.missed, figures.false_alarms, figures.any_on_safe) == ([], [], [])


def test_what_does_not_parse_is_read_by_ours_and_dropped_by_ruff(plain: list[Pair]) -> None:
    assert share_of_cut_read(OURS, plain[1:]) == 1.0
    assert share_of_cut_read(RUFF, plain[1:], ASSUMED_IMPORTS) == 0.0


def test_a_finding_of_another_weakness_counts_for_peers_alone(plain: list[Pair]) -> None:
    findings = {"shell-plain.vulnerable": [Found("shell-plain.vulnerable", 4, "X1", cwe=89)]}
    assert judge(OURS, plain[:1], findings).missed == ["shell-plain"]
    assert judge(RUFF, plain[:1], findings).missed == []
