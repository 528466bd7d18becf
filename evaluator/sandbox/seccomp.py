"""The seccomp filter of a cell, as classic BPF.

One filter serves zygote and programs, so that it costs nothing per program: the zygote's own clone has
exactly the flags NEWPID|SIGCHLD, which need a capability that programs have dropped; otherwise only
threads may be made.
"""

from __future__ import annotations

from evaluator.sandbox import syscalls
from evaluator.sandbox.syscall_table import ALLOWED, FATAL

Instruction = tuple[int, int, int, int]

_LOAD, _EQUAL, _AT_LEAST, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEW_NAMESPACES = 0x7E020000
_X32_BIT = 0x40000000
_CLONE3 = 435
_SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
_KILLERS = {"x86_64": (62, 200, 234), "aarch64": (129, 130, 131)}  # kill, tkill, tgkill
_AF_UNIX = 1


def cell_filter(*, zygote_may_fork: bool = False) -> list[Instruction]:
    """The filter of the whole cell. `zygote_may_fork`: no pid namespace here, so fork is plain."""
    own_clone = syscalls.SIGCHLD if zygote_may_fork else syscalls.CLONE_NEWPID | syscalls.SIGCHLD
    return [
        *_check_architecture(),
        *_clone_rules(own_clone),
        *_argument_must_be(_SOCKETPAIR[syscalls.MACHINE], _AF_UNIX),
        *_on_numbers(_numbers(ALLOWED), _ALLOW),
        *_on_numbers(_numbers(FATAL), _KILL),
        (_EQUAL, 0, 1, _CLONE3),
        _answer(_ERRNO | _ENOSYS),  # libc then falls back to clone, whose flags can be looked at
        _answer(_ERRNO | _EPERM),
    ]


def lone_program_filter(pid: int) -> list[Instruction]:
    """On top of the cell's filter where there is no pid namespace: no processes, signals only to itself."""
    signals = [
        instruction for number in _KILLERS[syscalls.MACHINE] for instruction in _argument_must_be(number, pid)
    ]
    return [*_check_architecture(), *_clone_rules(None), *signals, _answer(_ALLOW)]


def _check_architecture() -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCHITECTURE[syscalls.MACHINE]),
        _answer(_KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_BIT),
        _answer(_KILL),
    ]


def _clone_rules(own_flags: int | None) -> list[Instruction]:
    """Threads, and exactly `own_flags`; every other clone is refused."""
    own = [] if own_flags is None else [(_EQUAL, 0, 1, own_flags), _answer(_ALLOW)]
    body = [
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        *own,
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        _answer(_ERRNO | _EPERM),
        (_ANY_BIT, 0, 1, syscalls.CLONE_THREAD),
        _answer(_ALLOW),
        _answer(_ERRNO | _EPERM),
    ]
    return [(_EQUAL, 0, len(body), syscalls.NUMBER["clone"]), *body]


def _argument_must_be(number: int, wanted: int) -> list[Instruction]:
    """This call only with this first argument."""
    body = [
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_EQUAL, 0, 1, wanted),
        _answer(_ALLOW),
        _answer(_ERRNO | _EPERM),
    ]
    return [(_EQUAL, 0, len(body), number), *body]


def _on_numbers(numbers: list[int], action: int) -> list[Instruction]:
    instructions: list[Instruction] = []
    for low, high in _runs(numbers):
        instructions += [(_AT_LEAST, 0, 2, low), (_GREATER, 1, 0, high), _answer(action)]
    return instructions


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as (first, last), so that the filter stays short."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _numbers(table: str) -> list[int]:
    column = 1 + syscalls.ARCHITECTURES.index(syscalls.MACHINE)
    given = (entry.split(":")[column] for entry in table.split())
    own_rule = _SOCKETPAIR[syscalls.MACHINE]
    return [int(number) for number in given if number != "-" and int(number) != own_rule]


def _answer(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)
