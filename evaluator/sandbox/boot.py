"""The program that becomes a cell: warm up, isolate, serve. Started by `cell.Cell`, never by hand.

python -s -S -B -P boot.py CONFIG_JSON CONTROL_FD STOPS_FD
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import socket
import sys

# What samples import most, and what those modules import lazily. Warm here, free in every fork.
_PRELOADED = """
abc argparse array ast asyncio base64 binascii bisect calendar cmath codecs collections collections.abc
configparser contextlib copy csv ctypes dataclasses datetime decimal difflib dis enum errno fractions
functools gc glob hashlib heapq hmac html html.parser http.client importlib inspect io ipaddress itertools
json keyword linecache locale logging math numbers operator os os.path pathlib pickle platform pprint
queue random re secrets select selectors shlex shutil signal socket sqlite3 statistics stat string struct
subprocess sys tempfile textwrap threading time timeit token tokenize traceback types typing unicodedata
unittest urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zipfile zlib
encodings.ascii encodings.latin_1 encodings.idna encodings.utf_16 encodings.utf_32 _strptime
"""
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
    _warm_up(config.packages)
    try:
        isolated = isolation.enter(config, layout.plan(config.packages))
    except OSError as error:
        text = str(error).encode()
        control.sendall(wire.MESSAGE.pack(wire.UNAVAILABLE, 0, len(text)) + text)
        os._exit(1)
    _forget_ourselves()
    zygote.Zygote(control, stops, config, isolated).serve()
    os._exit(0)


def _warm_up(packages: tuple[str, ...]) -> None:
    for name in (*_PRELOADED.split(), *packages):
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not built into this interpreter, or not installed: programs get the same error


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
