"""The scanner beside bandit and ruff's S rules, on labelled pairs and on code that is known to be clean.

    python benchmarks/security.py [--list] [--show-held-out] [--data FOLDER] [--pairs N] [--copies N]

Recall: share of the vulnerable functions with a finding that counts; for ours one with an acceptable CWE,
for the peers any finding but noise (benchmarks/scanners.py). False alarms: share of the safe twins with such
a finding; "any on safe" counts findings of every kind there. In brackets Wilson's interval of 95 %. "cut" is
the share of unparseable samples that a scanner reads: an `os.system` call is put above each and has to be
reported. Samples per second include a process's start.

PASSBOARD_REFERENCE_DATA or ../shared/data holds MBPP and CodeGen's samples; without it their lines are left
out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.labelled_pairs import HALVES, Pair, read_half  # noqa: E402
from benchmarks.measuring import Measured, measure  # noqa: E402
from benchmarks.scanners import ASSUMED_IMPORTS, OURS, SCANNERS, Found, Scanner  # noqa: E402
from evaluator.metrics.intervals import wilson  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402

_PROBE = 'def probe(name):\n    os.system("rm " + name)\n\n\n'
_SAMPLES = "samples/codegen-16b-mono_T0.8_n100.jsonl.gz"
_ASKED_FOR = {"HumanEval_160", "HumanEval_162"}  # their references use eval and MD5: the task asks for them
Findings = Mapping[str, list[Found]]


@dataclass(frozen=True)
class Figures:
    """A scanner's result on some pairs, as ids; `any_on_safe` are safe twins with findings of any kind."""

    pairs: list[Pair]
    missed: list[str]
    false_alarms: list[str]
    any_on_safe: list[str]

    def line(self) -> str:
        whole = [pair.id for pair in self.pairs if not pair.cut]
        shares = (
            (len(self.pairs) - len(self.missed), len(self.pairs)),
            (len(set(whole) - set(self.missed)), len(whole)),
            (len(self.false_alarms), len(self.pairs)),
            (len(self.any_on_safe), len(self.pairs)),
        )
        return f"{len(self.pairs):>6}" + "".join(f"{_share(*share):>25}" for share in shares)


def _share(count: int, of: int) -> str:
    bounds = wilson(count, of)
    return f"{count} = {count / of:.1%} ({bounds.low * 100:.1f}–{bounds.high * 100:.1f})"


def main() -> None:
    arguments = _arguments()
    pairs = [pair for half in HALVES for pair in read_half(half)[: arguments.pairs]]
    titles = ("recall", "recall where it parses", "false alarms", "any on safe")
    print(f"{'':<26}{'pairs':>6}" + "".join(f"{title:>25}" for title in titles))
    for scanner in SCANNERS:
        for above in ("", ASSUMED_IMPORTS):
            name = scanner.name + (" + imports" if above else "")
            findings = scan_pairs(scanner, pairs, above)
            for half in HALVES:
                figures = judge(scanner, [pair for pair in pairs if pair.half == half], findings)
                print(f"{name:<17}{half:<9}{figures.line()}")
                if scanner is OURS and arguments.list and (half == "tuning" or arguments.show_held_out):
                    _print_ids(figures)
            read = share_of_cut_read(scanner, [pair for pair in pairs if pair.cut], above)
            took = speed(scanner, pairs, above, arguments.copies)
            rates = f"{took.rate:,.0f} samples/s, {took.samples / took.cpu:,.0f} per CPU second"
            print(f"{name:<17}cut: {read:.0%} read; {rates}", flush=True)
    _clean_code(arguments.data)


def scan(scanner: Scanner, sources: Mapping[str, str]) -> tuple[Findings, Measured]:
    """Findings by name of the source, noise left out, and what the scan took."""
    with tempfile.TemporaryDirectory() as place:
        for name, source in sources.items():
            Path(place, f"{name}.py").write_text(source, encoding="utf-8")
        took = measure((*scanner.command, place), len(sources))
    findings: dict[str, list[Found]] = defaultdict(list)
    for found in scanner.read(took.output):
        if not scanner.noise(found):
            findings[found.stem].append(found)
    return findings, took


def scan_pairs(scanner: Scanner, pairs: Iterable[Pair], above: str = "") -> Findings:
    return scan(scanner, _sources(pairs, above))[0]


def judge(scanner: Scanner, pairs: Iterable[Pair], findings: Findings) -> Figures:
    pairs = list(pairs)

    def counted(pair: Pair, twin: str) -> bool:
        return any(scanner.counts(found, pair) for found in findings.get(f"{pair.id}.{twin}", []))

    return Figures(
        pairs=pairs,
        missed=[pair.id for pair in pairs if not counted(pair, "vulnerable")],
        false_alarms=[pair.id for pair in pairs if counted(pair, "safe")],
        any_on_safe=[pair.id for pair in pairs if findings.get(f"{pair.id}.safe")],
    )


def share_of_cut_read(scanner: Scanner, pairs: Iterable[Pair], above: str = "") -> float:
    """Share of the sources that don't parse in which a call put above them is reported; nan without any."""
    sources = _sources(pairs, above + _PROBE)
    findings, _ = scan(scanner, sources)
    line = above.count("\n") + 2
    read = sum(any(found.line == line for found in findings.get(name, [])) for name in sources)
    return read / len(sources) if sources else float("nan")


def speed(scanner: Scanner, pairs: Iterable[Pair], above: str, copies: int) -> Measured:
    """What scanning all twins takes, `copies` distinct ones of each."""
    sources = _sources(pairs, above)
    many = {f"{name}.{n}": f"{text}\n\ncopy = {n}\n" for name, text in sources.items() for n in range(copies)}
    return scan(scanner, many)[1]


def _sources(pairs: Iterable[Pair], above: str) -> dict[str, str]:
    twins = {"vulnerable", "safe"}
    return {f"{pair.id}.{twin}": above + getattr(pair, twin) for pair in pairs for twin in twins}


def _clean_code(data: Path) -> None:
    """Reference solutions, in which nothing should be found, and the time that a real sample file takes."""
    problems = load_benchmark("humaneval").problems
    references = {p.task_id.replace("/", "_"): p.prompt + p.canonical_solution for p in problems}
    _print_clean("HumanEval's references", references, _ASKED_FOR)
    mbpp, samples = data / "problems/mbpp.jsonl.gz", data / _SAMPLES
    if mbpp.exists():
        with gzip.open(mbpp, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        _print_clean("MBPP's references", {f"Mbpp_{r['task_id']}": r["code"] for r in records}, set())
    if samples.exists():
        with gzip.open(samples, "rb") as lines:
            count = sum(1 for _ in lines)
        took = measure((*OURS.command, "--benchmark", "humaneval", samples), count)
        print(f"{samples.name}: {count:,} samples, {took.cpu:.1f} s CPU, {took.wall:.1f} s wall")


def _print_clean(name: str, sources: Mapping[str, str], asked_for: set[str]) -> None:
    findings, _ = scan(OURS, sources)
    where = [f"{task} {found.rule}" for task in findings if task not in asked_for for found in findings[task]]
    marked = sorted(asked_for & findings.keys())
    note = f"; asked for by the task: {', '.join(marked)}" if marked else ""
    print(f"{name}: {len(where)} findings in {len(sources)}{''.join(f', {each}' for each in where)}{note}")


def _print_ids(figures: Figures) -> None:
    for title, ids in (
        ("missed", figures.missed),
        ("false alarms", figures.false_alarms),
        ("other findings on safe", sorted(set(figures.any_on_safe) - set(figures.false_alarms))),
    ):
        print(f"    {title}: {' '.join(ids) or 'none'}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The scanner beside bandit and ruff, on labelled pairs.")
    parser.add_argument("--list", action="store_true", help="name what ours missed and its false alarms")
    parser.add_argument("--show-held-out", action="store_true", help="with --list: of the held-out half, too")
    parser.add_argument("--pairs", type=int, help="the first N pairs of each half only")
    parser.add_argument(
        "--copies", type=int, default=5, help="copies of each twin in the measurement of speed"
    )
    default = os.environ.get("PASSBOARD_REFERENCE_DATA", PROJECT.parent / "shared/data")
    parser.add_argument("--data", type=Path, default=Path(default))
    return parser.parse_args()


if __name__ == "__main__":
    main()
