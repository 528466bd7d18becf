"""Tries every hostile program of tests/attacks on a real cell and prints what became of it (`make attack`).

python benchmarks/attack.py [--tier A+|A|B] [NAME …]   exit code 1 if any of them got anywhere
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluator.records import Verdict
from evaluator.sandbox.probe import best_tier
from tests.attack_files import TIERS, attacks
from tests.attack_range import Outcome, Range


def main() -> int:
    arguments = parsed()
    chosen = [
        attack
        for attack in attacks()
        if arguments.tier in attack.tiers and (not arguments.names or attack.name in arguments.names)
    ]
    print(f"{len(chosen)} attacks on tier {arguments.tier}")
    field = Range(arguments.tier)
    outcomes = []
    try:
        for attack in chosen:
            outcomes.append(field.try_out(attack))
            print(row(outcomes[-1]), flush=True)
    finally:
        left = field.close()
    for line in left:
        print(line)
    forged = sum(outcome.judgement.verdict is Verdict.PASSED for outcome in outcomes)
    wrong = sum(bool(outcome.wrong) for outcome in outcomes) + len(left)
    print(f"{len(outcomes)} attacks, {forged} forged passes, {wrong} leftovers")
    return 1 if forged or wrong or not outcomes else 0


def row(outcome: Outcome) -> str:
    found = "; ".join(outcome.wrong) or "-"
    verdict, ms = outcome.judgement.verdict, outcome.seconds * 1000
    return f"{outcome.attack.name:42} {verdict:14} {ms:7.0f} ms  {found}"


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tier", choices=TIERS, help="default: the best that this machine allows")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these, as group/name")
    arguments = parser.parse_args()
    arguments.tier = arguments.tier or best_tier()
    return arguments


if __name__ == "__main__":
    raise SystemExit(main())
