"""What counts as self-contained: nothing that can reach, change or leave anything beyond the program."""

from __future__ import annotations

import builtins
import collections
import enum
import functools
import re
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from evaluator.sandbox.boot import _PRELOADED
from evaluator.sandbox.child import compiled
from evaluator.sandbox.self_contained import ATTRIBUTES, BUILTINS, MODULES, is_self_contained
from tests.attack_files import Attack, attacks

FINE = {
    "a solution": "from typing import List\ndef f(x: List[int]) -> int:\n    return sum(sorted(x)[:3])\n",
    "helpers and globals": "import math\nN = 3\ndef g(x): return math.sqrt(x)\n"
    "def f(x): return [g(i) for i in x]",
    "a module by another name": "import re as expressions\ndef f(x): return expressions.findall('a+', x)",
    "a generator": "def f(n):\n    for i in range(n):\n        yield i\n    yield from [1]",
    "exceptions": "def f(x):\n    if not x: raise ValueError(x)\n    assert x > 1, 'small'",
    "names of builtins, its own": "sum = max\nlist = 3\ndef f(): global len; len = 4",
    "closures": "from functools import lru_cache\ndef f(n):\n    @lru_cache(None)\n    def g(i): nonlocal n; "
    "return n + i\n    return g(n)",
    "text": "def f(x, *, y=2): return f'{x!r:>{y}}' + '%s' % x",
    "changes of what is its own": "kept = {}\ndef f(x):\n    kept[x] = 1\n    del kept[x]\n    x.append(1)",
    "main": "def f(): pass\nif __name__ == '__main__':\n    print(f())",
}

NOT = {
    "another module": "import sys",
    "one by way of another": "from typing import sys",
    "a module's module": "import typing\ntyping.sys",
    "a module in a module": "import collections.abc",
    "a relative one": "from . import x",
    "all of one": "from math import *",
    "import by hand": "__import__('os')",
    "the builtins": "__builtins__",
    "the builtins, for whoever comes next": "__builtins__ = {}",
    "an attribute that is stored": "import math\nmath.pi = 3",
    "one of a class": "def f(): pass\nf.x = 1",
    "one that is removed": "import math\ndel math.pi",
    "an unknown attribute": "''.unknown",
    "a class": "class A: pass",
    "a class by hand": "type('A', (), {})",
    "a base of all": "().__class__.__base__",
    "globals of a function": "def f(): pass\nf.__globals__",
    "a module's variables": "import math\nmath.__dict__",
    "globals": "globals()",
    "vars": "vars()",
    "dir": "dir()",
    "get an attribute": "getattr(1, 'real')",
    "set an attribute": "setattr(f, 'x', 1)",
    "get one by a module": "import operator\noperator.attrgetter('x')",
    "call one by a module": "import operator\noperator.methodcaller('x')",
    "a frame of a generator": "(x for x in ()).gi_frame",
    "a frame of an exception": "try: 1/0\nexcept ValueError as e: e.__traceback__.tb_frame",
    "what an exception holds": "try: x.y\nexcept AttributeError as e: e.obj",
    "exec": "exec('')",
    "eval": "eval('1')",
    "eval, for later": "def f(): return eval",
    "eval, deep inside": "def f():\n    def g():\n        return [lambda: eval for _ in range(3)]",
    "compile": "compile('', '', 'exec')",
    "open": "open('x')",
    "input": "input()",
    "random numbers": "import random",
    "with": "with f: pass",
    "a coroutine": "async def f():\n    await g",
    "leaving": "raise SystemExit",
    "an end of everything": "try: f()\nexcept BaseException: pass",
    "a name of the interpreter's": "__loader__",
    "more names than fit": "\n".join(f"x{i} = 1" for i in range(200)),
    "hints that run": "import typing\ntyping.get_type_hints",
    "a class by a module": "from collections import namedtuple",
    "patterns of classes": "match 1:\n    case int(real=x): pass",
    "memory as it is": "memoryview(b'')",
    "where it is": "id(1)",
    "a module by a relative import": "__name__ = 'decimal.x'\nfrom .re import end",
    "frames by format": "def g(): yield '{0.gi_frame.f_back}'.format(it)\nit = g()",
    "format by a branch": "def f(x, c): return (x if c else '{}').format(f)",
    "a coroutine that waits for nothing": "async def f(): return 1",
    "an end that is caught": "def g(i):\n    try: return g(i + 1)\n    except RecursionError: return i",
    "a generator's last words": "def g():\n    try: yield 1\n    finally: print(1)",
    "a codec": "'x'.encode('shift_jis')",
    "a flag that is kept for ever": "import re\nre.IGNORECASE | 1 << 40",
}


@pytest.mark.parametrize("source", FINE.values(), ids=FINE)
def test_ordinary_programs_are_self_contained(source: str) -> None:
    assert is_self_contained(compiled(source, 0))


@pytest.mark.parametrize("source", NOT.values(), ids=NOT)
def test_whoever_reaches_further_is_not(source: str) -> None:
    assert not is_self_contained(compiled(source, 0))


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_a_self_contained_attack_is_one_on_time_memory_or_the_answers_alone(attack: Attack) -> None:
    try:
        code = compiled(attack.source, 0)
    except Exception:  # noqa: BLE001  some attack the compiler
        return
    if attack.name.startswith("host/"):
        assert not is_self_contained(code)


def test_modules_are_those_that_every_cell_has_loaded() -> None:
    assert set(_PRELOADED.split()) >= MODULES


def test_under_another_interpreter_no_program_is_self_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    code = compiled("x = 1", 0)
    assert is_self_contained(code)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert not is_self_contained(code)


# Everything below walks what such a program can get hold of and did not make itself.

_POWERFUL = [
    *(getattr, setattr, delattr, eval, exec, compile, open, type, globals, locals, vars, dir, __import__),
    *(super, object, memoryview, input, breakpoint, sys.modules, sys._getframe),
]
_PLAIN = (str, int, float, complex, bytes, bool, type(None), type(...), type(NotImplemented))
_CALLED = (
    types.BuiltinFunctionType,
    types.FunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    types.MethodWrapperType,
    functools._lru_cache_wrapper,
)
_DESCRIBED = (types.GetSetDescriptorType, types.MemberDescriptorType, property)


def _made() -> list[Any]:
    """Instances whose attributes a program can ask for as well: of each kind that calls return."""

    def generator() -> Iterator[int]:
        yield 1

    match = re.match("(a)", "a")
    assert match is not None
    kinds = [list, dict, set, frozenset, tuple, bytearray, bytes, str, int, float, complex, bool]
    return [
        *(kind() for kind in kinds),
        *(generator(), match, match.re, range(3), slice(1), ValueError("x"), KeyError("x"), lambda: 1),
        *(collections.Counter(), collections.deque(), collections.OrderedDict(), {}.keys(), iter([])),
        *(collections.defaultdict(list), map(str, []), functools.lru_cache(None)(lambda: 1)),
        *(list[int], typing.Callable),
    ]


def _reached() -> Iterator[tuple[str, Any]]:
    """(path, object) of all that is reached from builtins, modules and instances by allowed attributes."""
    waiting = [(name, getattr(builtins, name)) for name in sorted(BUILTINS) if hasattr(builtins, name)]
    waiting += [(name, sys.modules[name]) for name in sorted(MODULES)]
    made = _made()
    known = {id(one) for one in made}
    kept = [*made]  # so that no id is used twice
    for one in made:
        waiting += _of(type(one).__name__ + "()", one)
    while waiting:
        path, found = waiting.pop()
        if id(found) in known:
            continue
        known.add(id(found))
        kept.append(found)
        yield path, found
        if path.count(".") < 4:
            waiting += _of(path, found)


def _of(path: str, found: Any) -> list[tuple[str, Any]]:
    reached = []
    for name in ATTRIBUTES:
        try:
            reached.append((f"{path}.{name}", getattr(found, name)))
        except AttributeError:
            continue
    return reached


def test_nothing_that_it_reaches_can_be_changed_or_reaches_further() -> None:
    strange = {path: found for path, found in _reached() if not _is_harmless(found)}
    assert strange == {}


def test_nothing_that_it_reaches_gets_at_attributes_by_their_names() -> None:
    """Nor runs text, nor opens files."""
    assert {path for path, found in _reached() if any(found is one for one in _POWERFUL)} == set()


def _is_harmless(found: Any) -> bool:
    if isinstance(found, types.ModuleType):
        return found.__name__ in MODULES
    if isinstance(found, tuple | frozenset):
        return all(map(_is_harmless, found))
    if isinstance(found, (*_PLAIN, enum.Enum, type)):  # attributes of classes can't be stored either
        return True
    return isinstance(found, (*_CALLED, *_DESCRIBED, re.Pattern)) or type(found).__module__ in (
        "typing",
        "re",
    )
