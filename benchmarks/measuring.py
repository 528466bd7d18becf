"""Commands under measurement: wall clock, CPU time of all their processes, peak memory."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_STEAL = 7  # column of /proc/stat
_LOOK_SECONDS = 0.2  # between two looks at the memory: a look costs time itself


@dataclass(frozen=True)
class Measured:
    samples: int
    wall: float  # seconds
    cpu: float  # seconds, of all processes
    memory: int  # bytes, the highest sum seen of what the processes hold, shared pages counted once
    output: str
    stolen: float = 0.0  # share of the cores' time that the machine's host gave to others meanwhile

    @property
    def rate(self) -> float:
        return self.samples / self.wall

    def line(self, name: str) -> str:
        figures = f"{self.samples:>8,}{self.wall:>9.1f}{self.cpu:>9.1f}{self.rate:>11,.0f}"
        more = f"{self.cpu / self.samples * 1000:>10.2f}{self.memory >> 20:>9,}{self.stolen:>9.0%}"
        return f"{name:<52}{figures}{more}"


HEAD = (
    f"{'':<52}{'samples':>8}{'wall s':>9}{'CPU s':>9}{'samples/s':>11}{'CPU ms':>10}{'MiB':>9}{'stolen':>9}"
)


def measure(command: Sequence[str | Path], samples: int) -> Measured:
    """Run it to its end. SystemExit with its last words where it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    looking = _Looking(process.pid)
    stolen = _Stolen()
    output, errors = process.communicate()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = looking.end()
    if process.returncode != 0:
        raise SystemExit(f"{command[:4]} failed:\n{errors[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(samples, wall, cpu, peak, output, stolen.share())


def peak_within(command: Sequence[str | Path], seconds: float) -> int:
    """Bytes that it and its processes held at most in this time. Ended then, with all that it started."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    looking = _Looking(process.pid)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return looking.end()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Stolen:
    """What a virtual machine's host takes away. Figures compare only where that is little, or alike."""

    def __init__(self) -> None:
        self._before = _ticks()

    def share(self) -> float:
        """Of all cores' time, since this was made."""
        passed = [after - before for before, after in zip(self._before, _ticks(), strict=True)]
        return passed[_STEAL] / (sum(passed) or 1)


def _ticks() -> list[int]:
    with open("/proc/stat") as file:
        return [int(part) for part in file.readline().split()[1 : _STEAL + 2]]


class _Looking:
    """Looks at the memory of a family of processes until it is told to end."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._over.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._peak = max(self._peak, sum(map(_held, _family(self._root))))


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _held(pid: int) -> int:
    """Bytes that a process holds: shared ones divided among those that share them."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024
