"""Keeps some processes running until it is told to stop; then all of them end, whatever happens to it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

LOOK_SECONDS = 0.2
STOP_SECONDS = 4.0  # then the rest is killed
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0  # a process that lived so long starts with a short pause again


@dataclass(slots=True)
class Child:
    """A process to keep running. `stop_signal` is how it is asked to end."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    once: bool = False  # not started again when it ends
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """`say` shows one line to the operator; `environment` is added to the children's own."""

    children: list[Child]
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    stopping: bool = False

    def start(self) -> None:
        """Starts all children. From now on Ctrl-C and SIGTERM only ask `run` to come to its end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        for child in self.children:
            self._spawn(child)

    def run(self, each_look: Callable[[], None]) -> None:
        """Restarts what ends, until asked to stop; calls `each_look` between. Then stops everything."""
        try:
            while not self.stopping:
                for child in self.children:
                    self._look_after(child)
                each_look()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ends all children within seconds, in their own way if they manage, by force if not."""
        running = [child for child in self.children if child.process and child.process.poll() is None]
        for child in running:
            _signal(child, child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(_alive(child) for child in running):
            time.sleep(0.05)
        for child in self.children:
            _kill_group(child)

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def run_aside(self, command: Sequence[str]) -> None:
        """Runs a command once, beside the children; what is left of it ends with them."""
        self.children.append(Child("side job", command, once=True))
        self._spawn(self.children[-1])

    def _spawn(self, child: Child) -> None:
        supervisor = os.getpid()

        def die_with_supervisor() -> None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != supervisor:  # it died before the line above
                os._exit(1)

        child.process = subprocess.Popen(
            child.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what they have to tell the operator they log to stderr
            # A session of its own: the terminal's Ctrl-C reaches the supervisor alone, which stops in order.
            start_new_session=True,
            preexec_fn=die_with_supervisor,  # noqa: PLW1509  (no threads here)
        )
        child.started = time.monotonic()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._spawn(child)
            return
        code = child.process.poll()
        if code is None or self.stopping or child.once:
            return
        _kill_group(child)
        child.pause = FIRST_PAUSE if now - child.started > STEADY_SECONDS else child.pause
        self.say(f"The {child.name} ended ({_ending(code)}); it starts again in {child.pause:.0f} s.")
        child.process, child.due = None, now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)


def _alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process is not None:
        child.process.send_signal(number)


def _kill_group(child: Child) -> None:
    """Whatever is left of the child's process group. It led the group, so the group's id is its own."""
    if child.process is None:
        return
    with suppress(ProcessLookupError):  # nothing is left: as it should be
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
