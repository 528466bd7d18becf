"""Whether a program is self-contained: nothing that it could do in its process outlives it.

Decided from the code that will run, not from its text, and by lists of what is allowed: a small set of
instructions, of builtins, of modules, and of attributes, whoever's they are. What a program can reach with
these and didn't make itself is immutable (a test walks all of it): no module's variables, no class, no
frame, no file, no state of the interpreter; it can store an attribute nowhere. So the next program in the
same process finds what it would find in a fresh one. Whatever is not on the lists makes a program ordinary:
it gets a process of its own, and nothing else is different.

The lists are of one version of the interpreter. Under any other, no program is self-contained.
"""

from __future__ import annotations

import builtins
import collections
import opcode
import sys
from types import CodeType

_KNOWN_VERSION = (3, 11)
# Instructions by name. Not among them: storing attributes, classes, `with`, `try`, star imports.
_INSTRUCTIONS = """
CACHE EXTENDED_ARG NOP RESUME PRECALL CALL CALL_FUNCTION_EX KW_NAMES PUSH_NULL POP_TOP COPY SWAP
LOAD_CONST LOAD_NAME STORE_NAME DELETE_NAME LOAD_GLOBAL STORE_GLOBAL DELETE_GLOBAL LOAD_FAST STORE_FAST
DELETE_FAST LOAD_DEREF STORE_DEREF DELETE_DEREF LOAD_CLOSURE MAKE_CELL COPY_FREE_VARS MAKE_FUNCTION
LOAD_ATTR LOAD_METHOD IMPORT_NAME IMPORT_FROM SETUP_ANNOTATIONS RETURN_VALUE RETURN_GENERATOR YIELD_VALUE
GET_YIELD_FROM_ITER SEND UNARY_POSITIVE UNARY_NEGATIVE UNARY_NOT UNARY_INVERT BINARY_OP BINARY_SUBSCR
STORE_SUBSCR DELETE_SUBSCR BUILD_SLICE COMPARE_OP IS_OP CONTAINS_OP GET_ITER FOR_ITER UNPACK_SEQUENCE
UNPACK_EX BUILD_TUPLE BUILD_LIST BUILD_SET BUILD_MAP BUILD_CONST_KEY_MAP BUILD_STRING FORMAT_VALUE
LIST_APPEND LIST_EXTEND LIST_TO_TUPLE SET_ADD SET_UPDATE MAP_ADD DICT_MERGE DICT_UPDATE
JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE_OR_POP
POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_TRUE POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE
POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE POP_JUMP_BACKWARD_IF_NONE
POP_JUMP_BACKWARD_IF_NOT_NONE
LOAD_ASSERTION_ERROR RAISE_VARARGS
"""
_FUNCTIONS = """
abs all any ascii bin bool callable chr complex dict divmod enumerate filter float format
frozenset hex int isinstance issubclass iter len list map max min next oct ord pow print range repr reversed
round set slice sorted str sum tuple zip Ellipsis NotImplemented __debug__
"""
# Of the modules that every cell has loaded (`boot`): importing one runs nothing.
_MODULES = """
bisect collections functools heapq itertools math operator re string typing
"""
# What programs take from them. An attribute's name is allowed on anything, so each is safe on all of them.
_MEMBERS = """
bisect bisect_left bisect_right insort insort_left insort_right
Counter OrderedDict defaultdict deque most_common elements subtract total
cmp_to_key lru_cache reduce
heapify heappop heappush heappushpop heapreplace nlargest nsmallest
accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse
groupby islice pairwise permutations product repeat starmap takewhile zip_longest from_iterable
acos asin atan atan2 ceil comb copysign cos dist e exp fabs factorial floor fmod frexp fsum gcd hypot inf
isclose isfinite isinf isnan isqrt lcm ldexp log log10 log1p log2 modf nan perm pi pow prod radians degrees
sin sqrt tan tau trunc
and_ eq floordiv ge gt itemgetter le lt mod mul ne neg not_ or_ sub truediv xor
compile end escape finditer findall fullmatch group groups match search span start
ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation whitespace
Any Callable Dict FrozenSet Generator Iterable Iterator List Optional Sequence Set Tuple Union
args
"""
_TYPES = (
    *(bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, range),
    *(collections.Counter, collections.OrderedDict, collections.defaultdict, collections.deque),
)
_COROUTINES = 0x80 | 0x200  # CO_COROUTINE, CO_ASYNC_GENERATOR
_OWN_NAME = "__name__"  # read by `if __name__ == …`; stored, it would say where relative imports begin
_MOST_NAMES = 127  # of one code object: beyond, a name's number may take two instructions


def _numbers(names: str) -> frozenset[int]:
    return frozenset(opcode.opmap[name] for name in names.split() if name in opcode.opmap)


def _exceptions() -> set[str]:
    found = {name: value for name, value in vars(builtins).items() if isinstance(value, type)}
    return {name for name, value in found.items() if issubclass(value, Exception)}


# Of the types above, what reads attributes by their names, or loads modules.
_BEYOND = frozenset(["format", "format_map", "encode", "decode"])
ATTRIBUTES = frozenset(_MEMBERS.split()) | {
    name for kind in _TYPES for name in dir(kind) if not (name.startswith("_") or name in _BEYOND)
}
MODULES = frozenset(_MODULES.split())
BUILTINS = frozenset(_FUNCTIONS.split()) | _exceptions()
_OTHER_BUILTINS = frozenset(dir(builtins)) - BUILTINS
_ALLOWED = _numbers(_INSTRUCTIONS)
_OF_ATTRIBUTES = _numbers("LOAD_ATTR LOAD_METHOD IMPORT_FROM")
_OF_VARIABLES = _numbers("STORE_NAME DELETE_NAME STORE_GLOBAL DELETE_GLOBAL")
_LOAD_NAME, _LOAD_GLOBAL, _IMPORT = (
    opcode.opmap["LOAD_NAME"],
    opcode.opmap["LOAD_GLOBAL"],
    opcode.opmap["IMPORT_NAME"],
)


def is_self_contained(code: CodeType) -> bool:
    """Whether this code, fresh from the compiler, and all code in it keep to the lists."""
    if sys.version_info[:2] != _KNOWN_VERSION or len(code.co_names) > _MOST_NAMES:
        return False
    # Who catches an exception may catch the process's own limits, and goes on with them; a `finally` of a
    # generator runs when nobody thinks of it any more.
    if code.co_exceptiontable or code.co_flags & _COROUTINES:
        return False
    instructions = code.co_code[::2]
    if not _ALLOWED.issuperset(instructions) or not _names_are_known(code, instructions):
        return False
    return all(is_self_contained(inner) for inner in code.co_consts if isinstance(inner, CodeType))


def _names_are_known(code: CodeType, instructions: bytes) -> bool:
    names = code.co_names
    for instruction, number in zip(instructions, code.co_code[1::2], strict=True):
        if instruction in _OF_ATTRIBUTES:
            if names[number] not in ATTRIBUTES:
                return False
        elif instruction == _LOAD_GLOBAL:
            if not _may_read(names[number >> 1]):  # its lowest bit says something else
                return False
        elif instruction == _LOAD_NAME:
            if not _may_read(names[number]):
                return False
        elif instruction in _OF_VARIABLES:
            if not _may_name(names[number]):
                return False
        elif instruction == _IMPORT and names[number] not in MODULES:
            return False
    return True


def _may_read(name: str) -> bool:
    return name == _OWN_NAME or _may_name(name)


def _may_name(name: str) -> bool:
    """A variable: a builtin of the list, or nothing that the interpreter has a meaning for."""
    return name in BUILTINS or not (name in _OTHER_BUILTINS or name.startswith("__"))
