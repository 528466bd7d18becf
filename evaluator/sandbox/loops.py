"""What matters of a piece of code to whoever follows it (`endless`), read from its instructions."""

from __future__ import annotations

import opcode
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple

_MOST_UNITS = 3_000  # of two bytes, with all code inside: reading more takes longer than it may
_MOST_LOOPS = 8
_EXTENDED, _FOR, _CACHE, _NOP, _IS, _CONST, _BINARY, _LOAD, _STORE, _DELETE_LOCAL, _DELETE_ITEM = (
    opcode.opmap.get(name, -1)  # no program of another version's interpreter gets here
    for name in (
        *("EXTENDED_ARG", "FOR_ITER", "CACHE", "NOP", "IS_OP", "LOAD_CONST", "BINARY_OP"),
        *("LOAD_FAST", "STORE_FAST", "DELETE_FAST", "DELETE_SUBSCR"),
    )
)
_OF_LOCALS = frozenset((_LOAD, _STORE, _DELETE_LOCAL))
_ADDING = frozenset(
    number
    for number, (_, sign) in enumerate(getattr(opcode, "_nb_ops", ()))
    if sign in ("+", "-", "+=", "-=")
)
_JUMPS = frozenset((*opcode.hasjrel, *opcode.hasjabs))
_BACKWARD = frozenset(number for name, number in opcode.opmap.items() if "JUMP_BACKWARD" in name)
_BACK = _BACKWARD - {opcode.opmap.get("JUMP_BACKWARD_NO_INTERRUPT")}  # that one is of `yield from`
_SINGLE = (None, True, False, ...)
_DELETING = frozenset(("pop", "popitem", "clear"))


class Instruction(NamedTuple):
    """`offset`: where it is, in bytes, as in `f_lasti`. `begins`: where what extends it is."""

    offset: int
    begins: int
    number: int
    argument: int

    @property
    def target(self) -> int:
        """Of a jump: where the instruction that it leads to begins."""
        after = self.offset + 2
        return after - 2 * self.argument if self.number in _BACKWARD else after + 2 * self.argument


class Loop(NamedTuple):
    """A `while` loop. Offsets as in `f_lasti`, both ends in.

    `heads`: where a round begins, with nothing of its own on the interpreter's stack. `counters`: local
    variables that the loop does nothing with but to add to them.
    """

    first: int
    last: int
    heads: frozenset[int]
    counters: frozenset[str]


class Reading(NamedTuple):
    """`loops`: the shorter first, so that one in another comes before it.

    `tells_apart`: whether it, or code in it, asks if two objects are one, other than None and its like.
    `deletes`: whether it may take an entry out of a dict.
    """

    loops: tuple[Loop, ...]
    tells_apart: bool
    deletes: bool


class Readings:
    """Of one program: each piece of its code is read once."""

    def __init__(self) -> None:
        self._known: dict[int, Reading | None] = {}  # by the code's id: the program holds on to its code

    def of(self, code: CodeType) -> Reading | None:
        """None: it is too long to be read now."""
        if id(code) not in self._known:
            self._known[id(code)] = _read(code)
        return self._known[id(code)]

    def forget(self) -> None:
        """Another program begins."""
        self._known.clear()


def line_of(code: CodeType, loop: Loop) -> int:
    """Where the loop stands, from 1; 0 if unknown."""
    before, lines = 0, []
    for start, end, line in code.co_lines():
        if end <= loop.first and code.co_code[end - 2] == _NOP:
            before = line or 0  # all that is left of `while True`
        elif end <= loop.first:
            before = 0
        elif line and start <= loop.last:
            lines.append(line)
    return before or min(lines, default=0)


def _read(code: CodeType) -> Reading | None:
    if _units(code) > _MOST_UNITS:
        return None
    listed = list(_instructions(code))
    loops = sorted(_loops(code, listed), key=lambda loop: loop.last - loop.first)
    if len(loops) > _MOST_LOOPS:
        return None
    return Reading(tuple(loops), _tells_apart(code), _deletes(code))


def _units(code: CodeType) -> int:
    return len(code.co_code) // 2 + sum(map(_units, _inside(code)))


def _inside(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _instructions(code: CodeType) -> Iterator[Instruction]:
    argument, begins = 0, -1
    for offset, (number, low) in enumerate(zip(code.co_code[::2], code.co_code[1::2], strict=True)):
        argument = argument << 8 | low
        begins = 2 * offset if begins < 0 else begins
        if number == _EXTENDED:
            continue
        if number != _CACHE:
            yield Instruction(2 * offset, begins, number, argument)
        argument, begins = 0, -1


def _tells_apart(code: CodeType) -> bool:
    listed = list(_instructions(code))
    targets = {one.target for one in listed if one.number in _JUMPS}
    single = False  # whether the instruction before put None or its like on the stack, and nothing else could
    for one in listed:
        if one.number == _IS and (one.begins in targets or not single):
            return True
        single = one.number == _CONST and any(code.co_consts[one.argument] is it for it in _SINGLE)
    return any(map(_tells_apart, _inside(code)))


def _deletes(code: CodeType) -> bool:
    deletes = any(one.number == _DELETE_ITEM for one in _instructions(code))
    return deletes or not _DELETING.isdisjoint(code.co_names) or any(map(_deletes, _inside(code)))


def _loops(code: CodeType, listed: list[Instruction]) -> Iterator[Loop]:
    """Those whose way back leads to no iterator."""
    starts = {one.begins: one for one in listed}
    lasts: dict[int, int] = {}  # by head
    for one in listed:
        if one.number in _BACK and starts[one.target].number != _FOR:
            lasts[one.target] = max(one.offset, lasts.get(one.target, 0))
    first = last = -1
    heads: set[int] = set()
    for head, end in sorted(lasts.items()):
        if not first <= head <= last < end:  # else by `continue`: two ways back of one loop
            if heads:
                yield _loop(code, listed, first, last, heads)
            first, heads = head, set()
        last = end
        heads |= {head, starts[head].offset}
    if heads:
        yield _loop(code, listed, first, last, heads)


def _loop(code: CodeType, listed: list[Instruction], first: int, last: int, heads: set[int]) -> Loop:
    inside = [one for one in listed if first <= one.offset <= last]
    return Loop(first, last, frozenset(heads), frozenset(_counters(code, inside)))


def _counters(code: CodeType, inside: list[Instruction]) -> Iterator[str]:
    uses: dict[int, list[int]] = {}
    for index, one in enumerate(inside):
        if one.number in _OF_LOCALS:
            uses.setdefault(one.argument, []).append(index)
    for variable, places in uses.items():
        pairs = zip(places[::2], places[1::2], strict=False)
        if len(places) % 2 == 0 and all(_adds(inside, *pair) for pair in pairs):
            yield code.co_varnames[variable]


def _adds(inside: list[Instruction], load: int, store: int) -> bool:
    """Whether all between is `variable + …`, or minus, without a jump, and its result stored."""
    if inside[load].number != _LOAD or inside[store].number != _STORE or store < load + 3:
        return False
    depth = 1
    for one in inside[load + 1 : store - 1]:
        if one.number in _JUMPS:
            return False
        depth += opcode.stack_effect(one.number, one.argument if one.number >= opcode.HAVE_ARGUMENT else None)
        if depth < 2:  # the variable itself was taken
            return False
    return depth == 2 and inside[store - 1].number == _BINARY and inside[store - 1].argument in _ADDING
