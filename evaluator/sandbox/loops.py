"""The `while` loops of a piece of code, read from its instructions."""

from __future__ import annotations

import opcode
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple

_EXTENDED = opcode.EXTENDED_ARG
_NAMES = "FOR_ITER CACHE NOP LOAD_FAST STORE_FAST DELETE_FAST BINARY_OP IS_OP LOAD_CONST"
_FOR, _CACHE, _NOP, _LOAD, _STORE, _DELETE, _BINARY, _IS, _CONST = (
    opcode.opmap.get(name, -1)  # of another version's interpreter no program gets here
    for name in _NAMES.split()
)
_OF_LOCALS = frozenset((_LOAD, _STORE, _DELETE))
_ADDING = frozenset((0, 10, 13, 23))  # arguments of BINARY_OP: +, -, +=, -=
_SINGLE = (None, True, False, ...)
_BACKWARD = frozenset(
    number for name, number in opcode.opmap.items() if "JUMP_BACKWARD" in name and "NO_INTERRUPT" not in name
)
_JUMPS = frozenset((*opcode.hasjrel, *opcode.hasjabs))


class Instruction(NamedTuple):
    """`offset`: where it is, in bytes, as in `f_lasti`. `begins`: where what extends it is."""

    offset: int
    begins: int
    number: int
    argument: int


class Loop(NamedTuple):
    """Offsets as in `f_lasti`, both ends in. `heads`: where a round begins, with nothing on the stack.

    `counters`: local variables that the loop does nothing with but to add to them. `line`: where it stands.
    """

    first: int
    last: int
    heads: frozenset[int]
    counters: frozenset[str]
    line: int


def loops_around(code: CodeType, offset: int) -> list[Loop]:
    """The `while` loops that hold this instruction, innermost first."""
    listed = list(_instructions(code))
    ranges = [one for one in _ranges(listed) if one[0] <= offset <= one[1]]
    ranges.sort(key=lambda one: one[1] - one[0])
    return [_loop(code, listed, *one) for one in ranges]


def tells_objects_apart(code: CodeType) -> bool:
    """Whether it asks if two objects are one, other than None and its like: equal ones then differ."""
    before_is_single = False
    for one in _instructions(code):
        if one.number == _IS and not before_is_single:
            return True
        before_is_single = one.number == _CONST and any(code.co_consts[one.argument] is it for it in _SINGLE)
    return any(tells_objects_apart(inner) for inner in code.co_consts if isinstance(inner, CodeType))


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


def _ranges(listed: list[Instruction]) -> list[tuple[int, int, frozenset[int]]]:
    """(first, last, heads) of each loop whose way back leads to no iterator."""
    starts = {one.begins: one for one in listed}
    found: dict[int, int] = {}
    for one in listed:
        if one.number in _BACKWARD:
            head = one.offset + 2 - 2 * one.argument
            if starts[head].number != _FOR:
                found[head] = max(one.offset, found.get(head, 0))
    merged: list[tuple[int, int, frozenset[int]]] = []
    for head, last in sorted(found.items()):
        heads = frozenset((head, starts[head].offset))
        if merged and head <= merged[-1][1] < last:  # by `continue`: two ways back of one loop
            first, _, others = merged.pop()
            merged.append((first, last, others | heads))
        else:
            merged.append((head, last, heads))
    return merged


def _loop(code: CodeType, listed: list[Instruction], first: int, last: int, heads: frozenset[int]) -> Loop:
    inside = [one for one in listed if first <= one.offset <= last]
    before = [one for one in listed if one.offset < first]
    if before and before[-1].number == _NOP:  # all that is left of `while True`
        line = _line(code, before[-1].offset)
    else:
        line = min(filter(None, (_line(code, one.offset) for one in inside)), default=0)
    return Loop(first, last, heads, frozenset(_counters(code, inside)), line)


def _line(code: CodeType, offset: int) -> int:
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line or 0
    return 0


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
