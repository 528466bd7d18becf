"""The seccomp filter of a cell, as classic BPF.

One filter serves cell and programs, so that it costs nothing per program: the cell's own clones have
exactly the flags NEWPID|SIGCHLD, with PARENT or without, which need a capability that programs have
dropped; otherwise only threads may be made.
"""

from __future__ import annotations

from evaluator.sandbox import syscalls
from evaluator.sandbox.syscall_table import ALLOWED, FATAL, FILE_CHANGES

Instruction = tuple[int, int, int, int]

_LOAD, _EQUAL, _AT_LEAST, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEW_NAMESPACES = 0x7E020000
_X32_BIT = 0x40000000
_CLONE3 = 435
# Pairs of stream and of sequenced sockets, also close-on-exec or non-blocking: unlike datagram sockets they
# can't be made to send to an address of the machine.
_AF_UNIX = 1
_PAIR_TYPES = tuple(kind | flags for kind in (1, 5) for flags in (0, 0x80000, 0x800, 0x80800))
# Calls that an argument decides about: name:x86_64:aarch64.
_SOCKETPAIR, _FCNTL, _IOCTL = "socketpair:53:199", "fcntl:72:25", "ioctl:16:29"
_PRCTL, _PRLIMIT, _KILLERS = "prctl:157:167", "prlimit64:302:261", "kill:62:129 tkill:200:130 tgkill:234:131"
_OWN_LIMITS = 0  # prlimit64 of pid 0: of this process itself
# Signals to others by way of a file (F_SETOWN, F_SETSIG, F_SETOWN_EX), and leases that make others wait.
_FCNTL_REFUSED = (8, 10, 15, 1024)
# Of all that ioctl can do: isatty, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX. Others list the host's network.
_IOCTL_ALLOWED = (0x5401, 0x541B, 0x5421, 0x5451, 0x5450)


def cell_filter(*, cell_may_fork: bool = False) -> list[Instruction]:
    """The filter of the whole cell. `cell_may_fork`: no pid namespace here, so fork is plain."""
    namespace = 0 if cell_may_fork else syscalls.CLONE_NEWPID
    return [
        *_check_architecture(),
        *_clone_rules(namespace | syscalls.SIGCHLD, namespace | syscalls.CLONE_PARENT | syscalls.SIGCHLD),
        *_socketpair_rule(),
        *_only_with(_PRLIMIT, _FIRST_ARGUMENT_AT, (_OWN_LIMITS,)),
        *_only_with(_IOCTL, _SECOND_ARGUMENT_AT, _IOCTL_ALLOWED),
        *_never_with(_FCNTL, _SECOND_ARGUMENT_AT, _FCNTL_REFUSED),
        *_on_numbers(_numbers(ALLOWED), _ALLOW),
        *_on_numbers(_numbers(FATAL), _KILL),
        (_EQUAL, 0, 1, _CLONE3),
        _answer(_ERRNO | _ENOSYS),  # libc then falls back to clone, whose flags can be looked at
        _answer(_ERRNO | _EPERM),
    ]


def lone_program_filter(pid: int) -> list[Instruction]:
    """On top of the cell's filter where there are no namespaces: no processes, signals only to itself, no
    outliving the warden, no hand on files that it can merely name."""
    return [
        *_check_architecture(),
        *_clone_rules(),
        *_only_with(_KILLERS, _FIRST_ARGUMENT_AT, (pid,)),
        *_never_with(_PRCTL, _FIRST_ARGUMENT_AT, (syscalls.PR_SET_PDEATHSIG,)),
        *_on_numbers(_numbers(FILE_CHANGES), _ERRNO | _EPERM),
        _answer(_ALLOW),
    ]


def _check_architecture() -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCHITECTURE[syscalls.MACHINE]),
        _answer(_KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_BIT),
        _answer(_KILL),
    ]


def _clone_rules(*own_flags: int) -> list[Instruction]:
    """Threads, and exactly `own_flags`; every other clone is refused."""
    own = [instruction for flags in own_flags for instruction in ((_EQUAL, 0, 1, flags), _answer(_ALLOW))]
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


def _socketpair_rule() -> list[Instruction]:
    (number,) = _numbers(_SOCKETPAIR)
    family = [(_LOAD, 0, 0, _FIRST_ARGUMENT_AT), (_EQUAL, 1, 0, _AF_UNIX), _answer(_ERRNO | _EPERM)]
    return [
        (_EQUAL, 0, len(family), number),
        *family,
        # Only a pair of local sockets gets here with something else than its number in the accumulator.
        (_LOAD, 0, 0, _NUMBER_AT),
        *_only_with(_SOCKETPAIR, _SECOND_ARGUMENT_AT, _PAIR_TYPES),
    ]


def _only_with(names: str, place: int, values: tuple[int, ...]) -> list[Instruction]:
    """These calls only where this argument is one of `values`."""
    return _by_argument(names, place, values, _ALLOW, _ERRNO | _EPERM)


def _never_with(names: str, place: int, values: tuple[int, ...]) -> list[Instruction]:
    """These calls only where this argument is none of `values`."""
    return _by_argument(names, place, values, _ERRNO | _EPERM, _ALLOW)


def _by_argument(
    names: str, place: int, values: tuple[int, ...], listed: int, other: int
) -> list[Instruction]:
    body: list[Instruction] = [(_LOAD, 0, 0, place)]
    for value in values:
        body += [(_EQUAL, 0, 1, value), _answer(listed)]
    body.append(_answer(other))
    return [
        instruction for number in _numbers(names) for instruction in ((_EQUAL, 0, len(body), number), *body)
    ]


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
    return [int(number) for number in given if number != "-"]


def _answer(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)
