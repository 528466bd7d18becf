"""Linux system calls that Python's standard library does not offer, by ctypes.

`PyDLL` keeps the interpreter lock: nothing else may run between a raw clone and its first line.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import partial

_libc = ctypes.PyDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long

# Numbers differ by architecture: (x86_64, aarch64).
_NUMBERS = {
    "clone": (56, 220),
    "capset": (126, 91),
    "pivot_root": (155, 41),
    "seccomp": (317, 277),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
ARCHITECTURES = ("x86_64", "aarch64")
MACHINE = os.uname().machine
_COLUMN = ARCHITECTURES.index(MACHINE) if MACHINE in ARCHITECTURES else 0
NUMBER = {name: numbers[_COLUMN] for name, numbers in _NUMBERS.items()}

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_PARENT = 0x00008000
CLONE_THREAD = 0x00010000
SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def raw_clone(flags: int) -> int:
    """Fork by the bare system call: pid in the parent, 0 in the child. Only for a single thread.

    No fork handlers run and libc's cached thread id goes stale, which is all that it saves: the child
    must do nothing but run Python code and leave by `os._exit`.
    """
    return _check(_syscall(NUMBER["clone"], ctypes.c_ulong(flags), None, None, None, None), "clone")


# On its own, with no place to keep errno and no objects for its arguments: every page that a clone's way in
# and out touches is copied in each fork.
_clone = ctypes.PyDLL(None)["syscall"]
_clone.restype = ctypes.c_long
_clone.argtypes = [ctypes.c_long] * 6


def sibling_fork(flags: int) -> Callable[[], int]:
    """Like `raw_clone`, as a call without arguments; for a child of this one's parent. -1: it failed."""
    return partial(_clone, NUMBER["clone"], flags | CLONE_PARENT | SIGCHLD, 0, 0, 0, 0)


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode())
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), data.encode()), f"mount {source} on {target}")


def unmount(target: str, flags: int) -> None:
    _check(_libc.umount2(target.encode(), ctypes.c_int(flags)), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    _check(_syscall(NUMBER["pivot_root"], new_root.encode(), put_old.encode()), "pivot_root")


def prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _check(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero), f"prctl {option}")


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


# Made before the fork, so that dropping costs one system call and no allocation.
_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()
_CAP_HEADER = _CapHeader(0x20080522, 0)


def drop_capabilities() -> None:
    """Empty the permitted, effective and inheritable sets of this process."""
    _check(_syscall(NUMBER["capset"], ctypes.byref(_CAP_HEADER), ctypes.byref(_NO_CAPABILITIES)), "capset")


class _FilterInstruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    ]


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_FilterInstruction))]


def install_filter(instructions: list[tuple[int, int, int, int]]) -> None:
    """Install a seccomp filter of (code, jump if true, jump if false, constant). Needs no_new_privs."""
    array = (_FilterInstruction * len(instructions))(*(_FilterInstruction(*one) for one in instructions))
    program = _FilterProgram(len(instructions), array)
    mode_filter = ctypes.c_uint(1)
    _check(_syscall(NUMBER["seccomp"], mode_filter, ctypes.c_uint(0), ctypes.byref(program)), "seccomp")


class _LandlockRuleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _LandlockPath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def landlock_abi() -> int:
    """Version of Landlock that the kernel offers, 0 where it has none."""
    return int(
        max(0, _syscall(NUMBER["landlock_create_ruleset"], None, ctypes.c_size_t(0), ctypes.c_uint(1)))
    )


def landlock_ruleset(files: int, network: int, scoped: int) -> int:
    """File descriptor of a new ruleset that handles these rights."""
    ruleset = _LandlockRuleset(files, network, scoped)
    # Older kernels refuse trailing bytes that aren't zero and accept shorter structures.
    size = 24 if scoped else 16 if network else 8
    return _check(
        _syscall(
            NUMBER["landlock_create_ruleset"], ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint(0)
        ),
        "landlock_create_ruleset",
    )


def landlock_allow(ruleset: int, path: str, allowed: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _LandlockPath(allowed, handle)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint(0))
        _check(_syscall(NUMBER["landlock_add_rule"], *arguments), f"landlock_add_rule {path}")
    finally:
        os.close(handle)


def landlock_restrict(ruleset: int) -> None:
    arguments = (ctypes.c_int(ruleset), ctypes.c_uint(0))
    _check(_syscall(NUMBER["landlock_restrict_self"], *arguments), "landlock_restrict_self")
