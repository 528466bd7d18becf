"""Locks the cell's process in, tier by tier, and tells how programs are forked and cut down in it.

A+  started by root: namespaces, and inside them user ids that exist nowhere else on the machine
A   an ordinary user with user namespaces: the same walls, one user id for zygote and programs
B   no namespaces (an ordinary container): Landlock, seccomp and limits; the gaps are in docs/security.md
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from evaluator.sandbox import landlock, root, seccomp, syscalls
from evaluator.sandbox.layout import DEVICES, Layout
from evaluator.sandbox.wire import CellConfig

_NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWCGROUP
)
_FIRST_ID = 1_962_000_000  # outside: a block of user ids that nobody is given
_WARDEN_ID, _PROGRAM_ID = 0, 1  # inside, tier A+
_MAX_THREADS = 64
_OTHERS_MAY_START = 448  # tier B: the user's other work goes on while a program runs
_MAX_OPEN_FILES = 64
_MAX_CPU_SECONDS = 3600  # of any process in here, should nobody be left to watch it


class Isolation:
    """How this tier forks processes, and cuts their rights.

    `work`: the folder that programs write in. `tasks`: in tier B, how many threads and processes this user
    may have, all in all. Made by the warden, the parent of all programs.
    """

    def __init__(self, tier: str, work: str, tasks: int) -> None:
        self.tier = tier
        self.work = work
        self._tasks = tasks
        self._warden = os.getpid()
        self._namespace = 0 if tier == "B" else syscalls.CLONE_NEWPID
        self._as_root = tier == "A+"

    def fork_zygote(self) -> int:
        """Pid of a second process of the cell's own; 0 in it. Only before `lock`."""
        pid = syscalls.raw_clone(syscalls.SIGCHLD)
        if pid == 0:
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
            if self._as_root:
                os.setresgid(_PROGRAM_ID, _PROGRAM_ID, _PROGRAM_ID)  # a step less for each program
            self.lock()
        return pid

    def fork(self) -> int:
        """Pid of a new process that shall have a program's rights; 0 in it."""
        return syscalls.raw_clone(self._namespace | syscalls.SIGCHLD)

    def program_fork(self) -> Callable[[], int]:
        """For the zygote: the same, but its process becomes the warden's child. Below 0: it failed.

        A program's descendants, if any, die with it.
        """
        return syscalls.sibling_fork(self._namespace)

    def lock(self) -> None:
        """Install the filter of system calls. Raises OSError where the machine refuses."""
        syscalls.install_filter(seccomp.cell_filter(cell_may_fork=self.tier == "B"))

    def drop_rights(self) -> None:
        """In the program's process, before the program. Every object that this uses is a page to copy."""
        if self._as_root:
            os.setresuid(_PROGRAM_ID, _PROGRAM_ID, _PROGRAM_ID)  # also empties its capabilities
            os.setsid()  # signals to one's process group cross pid namespaces, so it must be one's own
        else:
            self._drop_rights_of_user()

    def _drop_rights_of_user(self) -> None:
        syscalls.drop_capabilities()
        if self.tier == "A":
            os.setsid()
            return
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._warden:  # it died before that
            os._exit(1)
        resource.setrlimit(resource.RLIMIT_NPROC, (self._tasks, self._tasks))
        syscalls.install_filter(seccomp.lone_program_filter(os.getpid()))


def enter(config: CellConfig, layout: Layout) -> Isolation:
    """Isolate, all but the filter (`Isolation.lock`); returns only in the warden's process.

    Raises OSError where the machine refuses.
    """
    address_space = _address_space() + config.memory_bytes
    tasks = _tasks_of_user() + _MAX_THREADS + _OTHERS_MAY_START if config.tier == "B" else _MAX_THREADS
    if config.tier == "B":
        work = config.work
        os.chdir(work)
    else:
        work = root.work_folder(layout)
        _enter_namespaces(config, layout)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    sys.path[:] = [*layout.import_path, *layout.package_path]
    if syscalls.landlock_abi():
        landlock.restrict(layout.readable if config.tier == "B" else ("/",), work, DEVICES)
    elif config.tier == "B":
        raise OSError("this kernel has no Landlock, which tier B needs")
    _set_limits(config, address_space, tasks)
    return Isolation(config.tier, work, tasks)


def _enter_namespaces(config: CellConfig, layout: Layout) -> None:
    """Namespaces, file tree and user ids. The process that started stays outside as a guard."""
    as_root = config.tier == "A+"
    user, group = os.getuid(), os.getgid()
    syscalls.unshare(_NAMESPACES | (0 if as_root else syscalls.CLONE_NEWUSER))
    if not as_root:
        process = os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY)
        _write_in(process, "setgroups", "deny")
        _write_in(process, "uid_map", f"{_PROGRAM_ID} {user} 1")
        _write_in(process, "gid_map", f"{_PROGRAM_ID} {group} 1")
        os.close(process)
    place = root.build(layout, config.file_bytes, _FIRST_ID + _PROGRAM_ID if as_root else _PROGRAM_ID)
    ours, guards = socket.socketpair()
    pid = os.fork()
    if pid:
        ours.close()
        _guard(pid, guards, map_ids=as_root)
    guards.close()
    with ours:
        ours.recv(1)
        root.enter(place, root.work_folder(layout))
        if as_root:
            syscalls.unshare(syscalls.CLONE_NEWUSER)
        ours.send(b"1")
        ours.recv(1)
    if as_root:
        os.setgroups([])
        os.setresgid(_WARDEN_ID, _WARDEN_ID, _WARDEN_ID)
        os.setresuid(_WARDEN_ID, _WARDEN_ID, _WARDEN_ID)


def _guard(pid: int, zygote: socket.socket, *, map_ids: bool) -> NoReturn:
    """Outside: give the zygote its ids, then wait for it. Killing this process kills the cell."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    process = os.open(f"/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY)  # gone from sight once it pivots
    zygote.send(b"1")
    zygote.recv(1)
    if map_ids:
        for name in ("uid_map", "gid_map"):
            _write_in(process, name, f"0 {_FIRST_ID} 2")
    zygote.send(b"1")
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _write_in(process: int, name: str, text: str) -> None:
    """Write a file of a process's folder in /proc."""
    handle = os.open(name, os.O_WRONLY, dir_fd=process)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _address_space() -> int:
    """Bytes of address space that this process has now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _tasks_of_user() -> int:
    """Threads of all processes of this user, as far as /proc shows them."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue  # it has ended meanwhile, or is none of ours
    return count


def _set_limits(config: CellConfig, address_space: int, tasks: int) -> None:
    """Once, for the zygote and all that it forks."""
    limits = {
        resource.RLIMIT_AS: address_space,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: _MAX_CPU_SECONDS,
        resource.RLIMIT_FSIZE: config.file_bytes,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if config.tier != "B":  # there it counts what the user runs elsewhere, and must not stop the zygote
        limits[resource.RLIMIT_NPROC] = tasks
    for limit, value in limits.items():
        _, hard = resource.getrlimit(limit)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))
