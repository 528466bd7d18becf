"""The program that becomes a cell: warm up, isolate, serve. Started by `cell.Cell`, never by hand.

python -s -S -B -P boot.py CONFIG_JSON CONTROL_FD STOPS_FD
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import marshal
import os
import random
import socket
import sys

# What samples import most. Warm here, free in every fork; but every module costs each fork pages to copy,
# so that the seldom ones are left to be imported by the few programs that want them.
_PRELOADED = """
abc bisect cmath collections collections.abc copy dataclasses datetime decimal enum fractions functools
heapq itertools json math numbers operator os random re statistics string struct sys textwrap threading
time typing types
"""
# Run a few times before the first fork: the interpreter adapts its bytecode and makes its tables once,
# instead of once in every program's process.
_REHEARSED = (
    b"from typing import Any, Dict, List, Optional, Tuple, Union\n\n"
    b"def f(a: List[int], b: List[float]) -> Optional[List[str]]:\n"
    b'    """Rehearsed."""\n'
    b"    found = []\n"
    b"    for i in range(10):\n"
    b"        found.append(str(i * b))\n"
    b"    return sorted(found), {a: 1.5}, None, True\n",
    b"def f(a, b):\n    return missing\n",
    b"def f(a, b)\n",
)
_REHEARSALS = 30
_RANDOM_SEED = 20210707  # programs that draw random numbers draw the same ones in every run


def main() -> None:
    config_text, *numbers = sys.argv[1:]
    sys.argv[:] = sys.orig_argv[:] = [""]
    control, stops = (socket.socket(fileno=int(number)) for number in numbers)
    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path.insert(0, project)
    from evaluator.sandbox import isolation, layout, wire, zygote

    document = json.loads(config_text)
    config = wire.CellConfig(**{**document, "packages": tuple(document["packages"])})
    sys.path[1:1] = layout.package_path(config.packages)
    _be_the_first_to_go()
    if config.warm:
        _warm_up(config.packages)
    try:
        isolated = isolation.enter(config, layout.plan(config.packages))
    except OSError as error:
        text = str(error).encode()
        control.sendall(wire.MESSAGE.pack(wire.UNAVAILABLE, 0, len(text)) + text)
        os._exit(1)
    if config.warm:
        _rehearse()
    _forget_ourselves()
    zygote.Zygote(control, stops, config, isolated).serve()
    os._exit(0)


def _be_the_first_to_go() -> None:
    """Where the machine runs out of memory, a cell costs a retry and the site its work."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _warm_up(packages: tuple[str, ...]) -> None:
    for name in (*_PRELOADED.split(), *packages):
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not built into this interpreter, or not installed: programs get the same error


def _rehearse() -> None:
    from evaluator.sandbox import child

    call = marshal.dumps(((1, 2), {}))
    reading, writing = os.pipe()
    for source in _REHEARSED * _REHEARSALS:
        child.run(child.Job(source, False, 0, "f", [call] * 3, 1 << 16), writing)
        os.read(reading, 1 << 16)
    code = marshal.dumps(compile(_REHEARSED[0], child.FILE_NAME, "exec"))
    for _ in range(_REHEARSALS):
        child.run(child.Job(code, True, 0, "f", [call] * 3, 1 << 16), writing)
        os.read(reading, 1 << 16)
    os.close(reading)
    os.close(writing)


def _forget_ourselves() -> None:
    """Leave the namespace as a fresh interpreter's, and the heap frozen: nothing to copy on a fork."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "evaluator"]:
        del sys.modules[name]
    main_module = type(sys)("__main__")
    sys.modules["__main__"] = main_module
    random.seed(_RANDOM_SEED)
    gc.collect()
    gc.disable()
    gc.freeze()


if __name__ == "__main__":
    main()
