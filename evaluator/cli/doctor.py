"""`python -m evaluator doctor`: which isolation this machine gives, what is missing, how to get it."""

from __future__ import annotations

import argparse

from evaluator.sandbox.probe import TIERS, probe


def add_options(_: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_: argparse.Namespace) -> int:
    """Print the tier and the advice; exit code 1 where no program can be run."""
    found = probe()
    if found.tier is None:
        print("No isolation: this machine can't run programs.")
    else:
        print(f"Tier {found.tier}: {TIERS[found.tier]}.")
    for advice in found.advice():
        print(f"  {advice}")
    return 0 if found.tier else 1
