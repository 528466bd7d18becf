"""Landlock: the kernel's own list of what a process may open. A second wall behind the mount namespace,
and the first one where namespaces are refused."""

from __future__ import annotations

import os
from collections.abc import Iterable

from evaluator.sandbox import syscalls

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIRECTORY = 1, 2, 4, 8
_READ = _READ_FILE | _READ_DIRECTORY
_ALL_FILE_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_ALL_TCP = 3  # bind, connect
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2
_MAKE_DEVICES_AND_SOCKETS = (1 << 6) | (1 << 9) | (1 << 11)  # character, socket, block: never


def restrict(readable: Iterable[str], writable_folder: str, devices: Iterable[str]) -> None:
    """Allow reading below `readable`, all but devices and sockets in `writable_folder`; deny the rest."""
    abi = syscalls.landlock_abi()
    every_right = _ALL_FILE_RIGHTS_BY_ABI[max(known for known in _ALL_FILE_RIGHTS_BY_ABI if known <= abi)]
    network = _ALL_TCP if abi >= 4 else 0
    scoped = _ABSTRACT_SOCKETS | _SIGNALS if abi >= 6 else 0
    ruleset = syscalls.landlock_ruleset(every_right, network, scoped)
    for path in readable:
        rights = _READ if os.path.isdir(path) else _READ_FILE
        syscalls.landlock_allow(ruleset, path, rights | _EXECUTE)
    syscalls.landlock_allow(ruleset, writable_folder, every_right & ~_MAKE_DEVICES_AND_SOCKETS & ~_EXECUTE)
    for device in devices:
        syscalls.landlock_allow(ruleset, device, _READ_FILE | _WRITE_FILE)
    syscalls.landlock_restrict(ruleset)
    os.close(ruleset)
