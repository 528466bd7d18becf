"""One call of the ruff binary on some files, under limits of its own."""

from __future__ import annotations

import math
import resource
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no py.typed

from evaluator.errors import SecurityScanError
from evaluator.security.scratch import scratch_folder

# CPU and not wall time, so that a busy machine changes no result. An ordinary file costs 0.02 ms.
_CPU_SECONDS = 1.0
_CPU_SECONDS_PER_FILE = 0.002
_CPU_SECONDS_PER_MIB = 1.0
# Found by trying hostile files: one of 0.9 MB made ruff use 5.4 GB.
_ADDRESS_SPACE_BYTES = 2 << 30
_OUTPUT_BYTES = 64 << 20
# Behind the CPU limit, for a process that waits instead of working.
_WALL_SECONDS = 300.0

# --ignore-noqa switches off every comment that silences ruff, its own "ruff: ignore" and "ruff: disable" too.
# The newest target version: a program in newer syntax is no syntax error here.
_OPTIONS = (
    "--isolated",
    "--no-cache",
    "--ignore-noqa",
    "--exit-zero",
    "--no-respect-gitignore",
    "--target-version=py315",
    "--output-format=json-lines",
)


class RuffDied(SecurityScanError):
    """ruff ended abnormally on these files: it crashed, or ran into a limit."""


def run_ruff(sources: Sequence[str], rules: Iterable[str]) -> list[str]:
    """What ruff says about the sources, one JSON text per diagnostic; file `<index>.py` is `sources[index]`.

    Lone surrogates are written as "?": a file must be UTF-8. Raises RuffDied when ruff ends abnormally, and
    SecurityScanError when it is missing, can't be started or has no folder to work in.
    """
    try:
        with scratch_folder() as folder:
            size = _write(sources, folder)
            return _call(folder, _cpu_limit(len(sources), size), f"--select={','.join(rules)}")
    except OSError as error:
        raise SecurityScanError(
            f"The security scan can't run: {error}. Check that the package ruff is installed in this "
            "environment and that /dev/shm or the folder of TMPDIR is writable and has room."
        ) from error


def _write(sources: Sequence[str], folder: Path) -> int:
    size = 0
    for index, source in enumerate(sources):
        data = source.encode("utf-8", errors="replace")
        (folder / f"{index}.py").write_bytes(data)
        size += len(data)
    return size


def _cpu_limit(files: int, size: int) -> int:
    return math.ceil(_CPU_SECONDS + _CPU_SECONDS_PER_FILE * files + _CPU_SECONDS_PER_MIB * size / (1 << 20))


def _call(folder: Path, cpu_seconds: int, select: str) -> list[str]:
    output, complaints = folder / "output", folder / "complaints"
    with output.open("wb") as stdout, complaints.open("wb") as stderr:
        # Two threads: more only raise the address space, and other workers want the cores.
        process = subprocess.Popen(
            [find_ruff_bin(), "check", *_OPTIONS, select, "."],
            cwd=folder,
            env={"RAYON_NUM_THREADS": "2"},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
        status = _wait(process, cpu_seconds)
    if status != 0:
        reason = complaints.read_text(errors="replace").strip()[-300:]
        raise RuffDied(f"ruff ended with status {status}: {reason or 'no message'}")
    return output.read_text(encoding="utf-8", errors="replace").split("\n")


def _wait(process: subprocess.Popen[bytes], cpu_seconds: int) -> int:
    try:
        _limit(process.pid, cpu_seconds)
        return process.wait(timeout=_WALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SecurityScanError(
            f"ruff gave no answer within {_WALL_SECONDS:.0f} s, yet used less CPU time than it may. "
            "Look at the load of the machine and scan again."
        ) from error
    finally:
        process.kill()  # nothing happens when it has ended
        process.wait()


def _limit(pid: int, cpu_seconds: int) -> None:
    limits = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: _ADDRESS_SPACE_BYTES,
        resource.RLIMIT_FSIZE: _OUTPUT_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    try:
        for kind, most in limits.items():
            resource.prlimit(pid, kind, (most, most))
    except ProcessLookupError:
        return  # it has ended already
