"""The program that becomes a cell: warm up, isolate, serve. Started by `cell.Cell`, never by hand.

python -s -S -B -P boot.py CONFIG CONTROL_FD STOPS_FD
"""

from __future__ import annotations

import gc
import importlib
import marshal
import os
import random
import socket
import sys

# What samples import most. Warm here, free in every fork; but each module costs every fork pages and
# mappings to copy. Those that fewer than one program in a hundred asks for are left for these to import.
_PRELOADED = """
abc bisect collections collections.abc copy functools heapq itertools math operator os random re string
sys time types typing
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
    from evaluator.sandbox import heap, isolation, layout, warden, wire

    config = wire.CellConfig(*marshal.loads(bytes.fromhex(config_text)))
    places = layout.Layout(*config.layout) if config.layout else layout.plan(config.packages)
    sys.path[1:1] = places.package_path
    _be_the_first_to_go()
    if config.warm:
        _warm_up(config.packages)
    try:
        isolated = isolation.enter(config, places)
        if config.warm:
            _rehearse()
        _forget_ourselves()
        gaps = heap.fill_gaps() if config.warm else []  # held by this frame
        gc.freeze()
        cell = warden.Warden(control, stops, config, isolated)
    except OSError as error:
        text = str(error).encode()
        control.sendall(wire.MESSAGE.pack(wire.UNAVAILABLE, 0, len(text)) + text)
        os._exit(1)
    cell.serve(b"" if config.layout else repr(tuple(places)).encode())
    del gaps
    os._exit(0)


def _be_the_first_to_go() -> None:
    """Where the machine runs out of memory, a cell costs a retry and the site its work."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        return  # not even that may be asked for everywhere


def _warm_up(packages: tuple[str, ...]) -> None:
    for name in (*_PRELOADED.split(), *packages):
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not built into this interpreter, or not installed: programs get the same error


def _rehearse() -> None:
    from evaluator.sandbox import child

    reading, writing = os.pipe()
    job = child.Job(1 << 16)
    job.entry_point, job.calls = "f", [marshal.dumps(((1, 2), {}))] * 3
    code = marshal.dumps(compile(_REHEARSED[0], child.FILE_NAME, "exec"))
    for source in (*_REHEARSED, code) * _REHEARSALS:
        job.program, job.is_code = source, source is code
        child.run(job, writing)
        os.read(reading, 1 << 16)
    os.close(reading)
    os.close(writing)


def _forget_ourselves() -> None:
    """Leave the namespace as a fresh interpreter's, and nothing that could be collected."""
    from evaluator.sandbox.traces import forget

    for name in [name for name in sys.modules if name.partition(".")[0] == "evaluator"]:
        del sys.modules[name]
    main_module = type(sys)("__main__")
    sys.modules["__main__"] = main_module
    random.seed(_RANDOM_SEED)
    forget()
    gc.collect()
    gc.disable()


if __name__ == "__main__":
    main()
