"""`transformers serve`, a real OpenAI-compatible server and none of ours, as a process that can be killed.

It knows no n and no log-probabilities.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.tiny_model.process import free_port

START_SECONDS = 240
_open = build_opener(ProxyHandler({})).open


@dataclass
class ServeProcess:
    """`python`: one whose environment has `transformers` and what its server needs."""

    python: Path
    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def model(self) -> str:
        return str(self.folder)

    def start(self) -> None:
        """Returns when it answers."""
        program = self.python.with_name("transformers")
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--device", "cpu"]
        self._process = subprocess.Popen(
            [program, "serve", self.folder, *options],
            env=dict(self.environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "`transformers serve` ended"
            assert monotonic() < until, f"`transformers serve` did not answer within {START_SECONDS} s"
            sleep(0.1)

    def kill(self) -> None:
        """SIGKILL, in the midst of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with _open(f"http://127.0.0.1:{self.port}/health", timeout=5) as said:
                return bool(said.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def serve_process(python: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[ServeProcess]:
    """A running server; killed at the end."""
    process = ServeProcess(python, folder, environment)
    process.start()
    try:
        yield process
    finally:
        process.kill()
