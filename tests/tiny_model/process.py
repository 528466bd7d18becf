"""The server as a process of its own, that can be killed and started again on the same port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.code_map import ROOT

_open = build_opener(ProxyHandler({})).open


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class TinyProcess:
    """`model` is the name that it answers to. `options` are those of `tests.tiny_model.server`."""

    options: tuple[str, ...] = ()
    python: str | Path = sys.executable
    model: str = "tiny-words"
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[str] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Returns when it listens."""
        command = [self.python, "-m", "tests.tiny_model.server", "--port", str(self.port), *self.options]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": ""}
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said == "ready\n", f"the tiny server did not start: {said!r}"

    def kill(self) -> None:
        """SIGKILL, in the midst of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def fault(self, kind: str, **details: Any) -> None:
        """Spoils the next answers; `details` are the fields of `faults.Fault`."""
        self._control({"fault": {"kind": kind, **details}})

    def speak(self, **dialect: Any) -> None:
        """Another dialect; the fields of `protocol.Dialect`."""
        self._control({"dialect": dialect})

    def sound(self) -> None:
        """No faults, the usual dialect."""
        self._control({"sound": True})

    def asked(self) -> list[dict[str, Any]]:
        """The last 1,000 questions since it started: path, headers, body."""
        found: list[dict[str, Any]] = self._control(None)["asked"]
        return found

    def count(self) -> int:
        """How many questions it was asked since it started."""
        return int(self._control(None)["count"])

    def _control(self, order: dict[str, Any] | None) -> dict[str, Any]:
        body = None if order is None else json.dumps(order).encode()
        with _open(Request(f"http://127.0.0.1:{self.port}/control", body), timeout=30) as said:
            found: dict[str, Any] = json.load(said)
            return found


@contextmanager
def tiny_process(*options: str, **fields: Any) -> Iterator[TinyProcess]:
    """A running server; killed at the end."""
    process = TinyProcess(options, **fields)
    process.start()
    try:
        yield process
    finally:
        process.kill()
