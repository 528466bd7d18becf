"""Which isolation this machine gives, found out by really building a cell."""

from __future__ import annotations

import functools
import os
import platform
import sys
import threading
from dataclasses import dataclass

from evaluator.errors import CellBroken, SandboxUnavailable
from evaluator.records import Limits
from evaluator.sandbox import syscalls
from evaluator.sandbox.cell import Cell
from evaluator.sandbox.wire import CellConfig

TIERS = {
    "A+": "namespaces, Landlock, seccomp, and user ids of their own",
    "A": "namespaces, Landlock and seccomp, as an ordinary user",
    "B": "Landlock and seccomp without namespaces: weaker, see docs/security.md",
}
_ADVICE = {
    "A+": "run as root (not needed: tier A isolates as well)",
    "A": "allow user namespaces: sysctl -w user.max_user_namespaces=10000, on Debian also "
    "kernel.unprivileged_userns_clone=1, "
    "on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0; in a container: --security-opt "
    "seccomp=unconfined --security-opt apparmor=unconfined",
    "B": "use a kernel of 5.13 or later with Landlock enabled (lsm=landlock,…)",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """`tier` is None where nothing works; `refused` says for each better tier why it did not work."""

    tier: str | None
    refused: tuple[tuple[str, str], ...]

    def advice(self) -> list[str]:
        """How to get each tier that was refused."""
        return [f"tier {tier}: {why}; to get it, {_ADVICE[tier]}" for tier, why in self.refused]


_early: threading.Thread | None = None


@functools.cache
def probe() -> Probe:
    """The best tier that a cell could be built in. Takes some tenths of a second, once per process."""
    refused: list[tuple[str, str]] = []
    for tier in TIERS:
        why = _reason_against(tier)
        if why is None:
            return Probe(tier, tuple(refused))
        refused.append((tier, why))
    return Probe(None, tuple(refused))


def begin() -> None:
    """Find out beside whatever the caller does next; `best_tier` waits for it. Before any fork only."""
    global _early
    _early = threading.Thread(target=probe, daemon=True)
    _early.start()


def best_tier() -> str:
    """The tier to use. Raises SandboxUnavailable where this machine offers none."""
    if _early is not None:
        _early.join()
    found = probe()
    if found.tier is None:
        raise SandboxUnavailable(
            "this machine offers no isolation, so no program is run:\n  " + "\n  ".join(found.advice())
        )
    return found.tier


def _reason_against(tier: str) -> str | None:
    if sys.platform != "linux" or platform.machine() not in syscalls.ARCHITECTURES:
        return f"only Linux on {' or '.join(syscalls.ARCHITECTURES)} is supported"
    if tier == "A+" and os.geteuid() != 0:
        return "not started by root"
    limits = Limits()
    config = CellConfig(
        tier=tier,
        work="",
        packages=(),
        memory_bytes=limits.memory_bytes,
        result_bytes=limits.result_bytes,
        file_bytes=limits.file_bytes,
        warm=False,
    )
    try:
        with Cell(config) as cell:
            cell.run(1, "x = 1")
            cell.next_report(30.0)
    except (SandboxUnavailable, CellBroken, OSError) as error:
        return str(error)
    return None
