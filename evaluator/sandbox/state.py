"""All that a function can reach, as a list that equals another one only if everything in it is the same."""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterable
from types import BuiltinFunctionType, CellType, CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from evaluator.sandbox.child import FILE_NAME
from evaluator.sandbox.loops import Readings

_PLAIN = (int, str, bytes, bool, type(None), type(...), type(NotImplemented))
_NUMBERS = (int, float)
_MOST_VALUES = 2_500
_BIG = 64  # characters or bits that are compared like one value
_OF_TYPING = frozenset(map(id, vars(typing).values()))  # these live as long as the process
_UNSEEN = "__builtins__"  # what a self-contained program can't change


class Unclear(Exception):
    """There is something whose insides can't be seen, or too much to look at."""


def state_of(frame: FrameType, counters: Iterable[str], readings: Readings) -> list[Any]:
    """What this frame's code can reach, but for the values of `counters` as long as they are numbers.

    Valid within this process. Raises Unclear.
    """
    return _State(frame, readings).of(frame, frozenset(counters))


class _State:
    """One walk, breadth first: equal walks have seen the same values in the same places."""

    def __init__(self, frame: FrameType, readings: Readings) -> None:
        self.left = _MOST_VALUES
        self.readings = readings
        self.found: list[Any] = [frame.f_lasti]
        self.waiting: list[Any] = []
        self.numbers: dict[int, int] = {}  # of containers, by the order in which they were met
        self.has_dict = self.deletes = False
        # Its own cells can't be told from equal ones, so a function that holds some proves nothing.
        self.closures_are_clear = not (frame.f_code.co_cellvars or frame.f_code.co_freevars)

    def of(self, frame: FrameType, counters: frozenset[str]) -> list[Any]:
        self._read(frame.f_code)
        variables, everywhere = frame.f_locals, frame.f_globals
        if variables is not everywhere:
            for name, value in variables.items():
                kind = type(value)
                self.found += (name, kind)
                if not (name in counters and kind in _NUMBERS):
                    self.waiting.append(value)
        for name, value in everywhere.items():
            if name != _UNSEEN:
                self.found.append(name)
                self.waiting.append(value)
        for value in self.waiting:  # which grows meanwhile
            self._take(value)
        if self.has_dict and self.deletes:  # what was deleted leaves holes, which move when it grows
            raise Unclear
        return self.found

    def _read(self, code: CodeType) -> None:
        reading = self.readings.of(code)
        if reading is None or reading.tells_apart:
            raise Unclear
        self.deletes |= reading.deletes

    def _take(self, value: Any) -> None:
        kind = type(value)
        self.left -= 1
        if self.left < 0:
            raise Unclear
        if kind in _PLAIN:
            self._plain(kind, value)
        elif kind is float:
            if value != value:  # not a number: which one it is can matter
                raise Unclear
            self.found += (kind, value.hex())
        elif id(value) in self.numbers:
            self.found += ("again", self.numbers[id(value)])
        else:
            self.numbers[id(value)] = len(self.numbers)
            self._look_into(kind, value)

    def _plain(self, kind: type, value: Any) -> None:
        self.found += (kind, value)
        if kind is int:
            self.left -= value.bit_length() // _BIG
        elif kind in (str, bytes):
            self.left -= len(value) // _BIG

    def _look_into(self, kind: type, value: Any) -> None:
        if kind in (list, tuple):
            self._hold(kind, value)
        elif kind is dict:
            self.has_dict = True
            self._hold(kind, value)
            self.waiting += value.values()
        elif kind is range:
            self._hold(kind, (value.start, value.stop, value.step))
        elif kind is FunctionType:
            self._function(value)
        elif kind is CellType:
            self._cell(value)
        elif kind is BuiltinFunctionType:
            self._builtin(value)
        elif kind in (type, ModuleType) or id(value) in _OF_TYPING:  # nothing that it can change
            self.found += (kind, id(value))
        else:
            raise Unclear

    def _hold(self, kind: type, parts: Collection[Any]) -> None:
        if len(parts) > self.left:
            raise Unclear
        self.found += (kind, len(parts))
        self.waiting += parts

    def _function(self, function: FunctionType) -> None:
        code, cells = function.__code__, function.__closure__ or ()
        self.found += (FunctionType, id(code))
        if code.co_filename != FILE_NAME:  # a library's: what they keep, they keep in cells
            if cells:
                raise Unclear
            return
        if cells and not self.closures_are_clear:
            raise Unclear
        self._read(code)
        self._hold(FunctionType, (function.__defaults__, function.__kwdefaults__, *cells))

    def _cell(self, cell: CellType) -> None:
        try:
            self._hold(CellType, (cell.cell_contents,))
        except ValueError:  # nothing in it yet
            self.found += (CellType, 0)

    def _builtin(self, function: Any) -> None:
        """A function of a module, or a method with what it belongs to: of a dict, it may delete."""
        self.deletes |= type(function.__self__) is dict
        self.found += (BuiltinFunctionType, function.__name__)
        self.waiting.append(function.__self__)
