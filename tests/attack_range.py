"""Where attacks are tried: a real evaluator, something beside it worth attacking, a look at what is left."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Limits, Program, Verdict
from tests.attack_files import PROBLEM, REACHED, Attack

LIMITS = Limits(cpu_seconds=0.3, wall_factor=5.0)
_ROOM = 24 << 20  # bytes by which a cell may have grown: its buffer for answers, and a little
_WORD = "honest program, and nobody's business"
# Fails where anything of an earlier program is left: files, open files, signal handlers, timers.
_HONEST = f"""
import os, signal
# {_WORD}
kept = {[_WORD] * 2!r}
assert os.listdir(".") == [], "files are left"
with open("mine", "w") as file:
    file.write("mine")
opened = 0
for number in range(64):
    try:
        opened += bool(os.fstat(number))
    except OSError:
        continue
assert opened == 4, "files are open"
assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL and signal.getitimer(signal.ITIMER_REAL)[0] == 0
"""
_RIGHT = _HONEST + PROBLEM.prompt + PROBLEM.canonical_solution


@dataclass(frozen=True, slots=True)
class Outcome:
    """`wrong`: all that should not be, empty if the attack failed in every way."""

    attack: Attack
    judgement: Judgement
    seconds: float
    wrong: tuple[str, ...]


class Canary:
    """A folder, a file, a service and a process that a program must not touch."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "canary"
        self.folder.mkdir()
        self.file = self.folder / "secret"
        self.file.write_text("canary")
        (self.folder / "inner").mkdir()
        self.process = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.sockets = [self.tcp]
        for kind, name in ((socket.SOCK_STREAM, ""), (socket.SOCK_DGRAM, "-datagram")):
            path = self.folder / ("socket" if kind == socket.SOCK_STREAM else "datagram")
            for address in (str(path), f"\0passboard-canary{name}-{self.process.pid}"):
                self.sockets.append(_listening(kind, address))
        self.state = self._look()

    def targets(self) -> dict[str, str]:
        return {
            "CANARY_FILE": str(self.file),
            "CANARY_FOLDER": str(self.folder),
            "CANARY_PORT": str(self.tcp.getsockname()[1]),
            "CANARY_PID": str(self.process.pid),
            "KEEPER_PID": str(os.getpid()),
            "CHECKOUT": str(Path(__file__).resolve().parent.parent),
        }

    def harm(self) -> list[str]:
        """What happened to it."""
        found = [] if self._look() == self.state else ["the canary's files were changed"]
        if self.process.poll() is not None:
            found.append("the canary's process was killed")
        for one in self.sockets:
            one.setblocking(False)
            try:
                _ = one.accept() if one.type == socket.SOCK_STREAM else one.recv(10)
            except BlockingIOError:
                continue
            found.append(f"something reached {one.getsockname()!r}")
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for one in self.sockets:
            one.close()
        shutil.rmtree(self.folder)

    def _look(self) -> tuple[object, ...]:
        status = self.file.lstat()
        kept = (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns, status.st_nlink)
        return self.file.read_text(), kept, sorted(os.listdir(self.folder))


def _listening(kind: int, address: str) -> socket.socket:
    opened = socket.socket(socket.AF_UNIX, kind)
    opened.bind(address)
    if kind == socket.SOCK_STREAM:
        opened.listen()
    return opened


class Range:
    """One evaluator on which attacks are tried one after the other. A context manager."""

    def __init__(self, tier: str, limits: Limits = LIMITS) -> None:
        self._before = descendants()
        self.place = Path(tempfile.mkdtemp(prefix="passboard-range-"))
        self.canary = Canary(self.place)
        # So that no process but guard, warden, zygote and compiler has a reason to be there afterwards.
        self.evaluator = Evaluator(limits, tier=tier, shares=False)
        self.mounts = Path("/proc/self/mounts").read_text()
        try:
            hurt = _hurt(*self._judged(_RIGHT))
        except BaseException:
            self.close()
            raise
        if hurt:
            self.close()
            raise RuntimeError(f"before any attack, {hurt[0]}")
        self.cell = self._processes()
        self.memory = resident(self.cell)

    def try_out(self, attack: Attack) -> Outcome:
        """Run it, then look around."""
        started = time.monotonic()
        source = attack.aimed(self.canary.targets())
        judgement, honest = self._judged(source, _RIGHT)  # side by side: one plan, one compiler
        seconds = time.monotonic() - started
        wrong = [*self._unwanted(attack, judgement), *self.canary.harm(), *_hurt(honest)]
        return Outcome(attack, judgement, seconds, (*wrong, *self._leftovers()))

    def _judged(self, *sources: str) -> list[Judgement]:
        elsewhere = tempfile.tempdir
        tempfile.tempdir = str(self.place)  # so that what this cell makes there can be told from others'
        try:
            programs = [Program(PROBLEM.task_id, source, PROBLEM.content_hash) for source in sources]
            return list(self.evaluator.judge(PROBLEM, programs))
        finally:
            tempfile.tempdir = elsewhere

    def _unwanted(self, attack: Attack, judgement: Judgement) -> list[str]:
        found = []
        if judgement.verdict not in attack.must_end:
            found.append(f"ended as {judgement.verdict}: {judgement.detail}")
        if REACHED in str(judgement.detail):
            found.append(f"got through: {judgement.detail}")
        return found

    def _leftovers(self) -> list[str]:
        found = []
        now = self._processes()
        if _lasting(now) != _lasting(self.cell) or len(now) != len(self.cell):
            found.append(f"processes {sorted(now)} instead of {sorted(self.cell)}: the cell was replaced")
            self.cell, self.memory = now, resident(now)
        elif resident(now) > self.memory + _ROOM:
            found.append(f"the cell grew from {self.memory >> 20} to {resident(now) >> 20} MiB")
        if Path("/proc/self/mounts").read_text() != self.mounts:
            found.append("a mount is left")
        return found

    def _processes(self) -> set[int]:
        return descendants() - self._before - {self.canary.process.pid}

    def close(self) -> list[str]:
        """End it; what is left of it then."""
        self.evaluator.close()
        self.canary.close()
        deadline = time.monotonic() + 5
        while (left := self._processes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        files = os.listdir(self.place)
        shutil.rmtree(self.place)
        return [f"process {pid} is left" for pid in left] + [f"the file {name} is left" for name in files]

    def __enter__(self) -> Range:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _hurt(honest: Judgement) -> list[str]:
    hurt = honest.verdict is not Verdict.PASSED
    return [f"the next program ended as {honest.verdict}: {honest.detail}"] if hurt else []


def _lasting(cell: set[int]) -> set[int]:
    """Guard, warden and zygote. The youngest process is the compiler, which comes and goes with a plan."""
    return cell - {max(cell, key=started)}


def started(pid: int) -> int:
    """When, in the kernel's ticks: pids begin anew at some time."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (FileNotFoundError, ProcessLookupError):
        return sys.maxsize  # a compiler that has ended meanwhile


def descendants(of: int | None = None) -> set[int]:
    """All processes below this one (or `of`), as /proc lists them; zombies too."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            parents[int(name)] = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {of or os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {of or os.getpid()}


def resident(pids: set[int]) -> int:
    """Bytes of memory that these processes hold."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGESIZE")
