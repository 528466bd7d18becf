"""What a test makes sure of: `if name not in ALLOWED: raise`, `if not path.startswith(base): return`.

A guard names the roots of what was tested, and what for (`ANY`: everything). It need not be perfect to count:
the rules look for places where nobody looked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable

from evaluator.security.flow.values import ANY, NOTHING, Guards, Level, Value, roots_of
from evaluator.security.words import words

_NONE: Guards = frozenset()
Known = Callable[[ast.expr], Value]

# Questions whose yes limits a text to letters, digits and the like.
_PLAIN_TEXT = words("isdigit isdecimal isnumeric isalnum isalpha isidentifier isascii_letters")
_VALIDATOR = re.compile(
    r"(?:^|_)(?:is_?)?(?:valid|validate|validated|safe|allow|allowed|permitted|trusted|whitelisted"
    r"|allowlisted|check"
    r"|verify|verified|authorized|authorised|acceptable|legal|known|within|inside|local|public|internal"
    r"|private)"
    r"(?:_|$)|compare_digest$|^is(?:Valid|Safe|Allowed)|^(?:has|is)_.*(?:allowed|safe|permitted)"
)
_MATCHERS = frozenset({"match", "fullmatch", "search"})
_NUMBER_TYPES = frozenset(
    {"int", "float", "bool", "complex", "datetime.date", "datetime.datetime", "uuid.UUID"}
)
_ADDRESS_FLAGS = words(
    "is_private is_loopback is_link_local is_reserved is_multicast is_unspecified is_global"
)
_PATH_CHARACTERS = ("..", "/", "\\", "%2e")
_CALLS_OF_NUMBERS = frozenset({"len", "type", "isinstance", "hasattr", "callable"})


def guards(test: ast.expr, truth: bool, known: Known) -> Guards:
    """The (root, tag) that have been checked where `test` is `truth`; `known` gives the values in it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return guards(test.operand, not truth, known)
    if isinstance(test, ast.BoolOp):
        parts = [guards(operand, truth, known) for operand in test.values]
        # "a and b" is true where both are, "a or b" false where neither is.
        if isinstance(test.op, ast.And) is truth:
            return frozenset().union(*parts)
        return frozenset.intersection(*parts)
    if isinstance(test, ast.Compare):
        return _compared(test, truth, known)
    if isinstance(test, ast.Call):
        return _called(test, truth, known)
    if isinstance(test, ast.NamedExpr):
        return guards(test.value, truth, known)
    if isinstance(test, ast.Attribute) and test.attr in _ADDRESS_FLAGS:
        public = truth is (test.attr == "is_global")
        return _all_marked([known(test.value)], "url", "redirect") if public else _NONE
    if isinstance(test, ast.Name | ast.Attribute | ast.BinOp):
        return _kept(known(test), truth)
    return _NONE


def _marked(values: Iterable[Value], *tags: str) -> Guards:
    return frozenset((root.key, tag) for root in roots_of(values) for tag in tags or (ANY,))


def _all_marked(values: Iterable[Value], *tags: str) -> Guards:
    """The same for what numbers, addresses and digests were made of."""
    return frozenset(
        (root.key, tag) for value in values for root in value.all_roots() for tag in tags or (ANY,)
    )


def _kept(value: Value, truth: bool) -> Guards:
    """The answer of a test that was kept: `match = re.fullmatch(…)`, `rest = set(a) - ALLOWED`."""
    name = value.qual.removesuffix("()").rpartition(".")[2]
    if value.qual == "set()" and not truth:
        return _marked([value])
    if value.qual.endswith("()") and truth and (name in _MATCHERS or _VALIDATOR.search(name)):
        return _marked([value])
    return _NONE


def _compared(test: ast.Compare, truth: bool, known: Known) -> Guards:
    if len(test.ops) != 1:
        return _NONE
    op, left, right = test.ops[0], known(test.left), known(test.comparators[0])
    if isinstance(op, ast.In | ast.NotIn):
        return _member(left, right, truth is isinstance(op, ast.In))
    if isinstance(op, ast.Is | ast.IsNot) and right.const is None:
        return _kept(left, truth is isinstance(op, ast.IsNot))
    if isinstance(op, ast.Eq | ast.NotEq):
        same = truth is isinstance(op, ast.Eq)
        return _equal(left, right, same) | _equal(right, left, same)
    if isinstance(op, ast.LtE) and truth and left.qual == "set()":
        return _marked([left])
    return _NONE


def _member(left: Value, right: Value, inside: bool) -> Guards:
    if right.qual.endswith(".parents"):
        return _marked([right, left], "path") if inside else _NONE
    if isinstance(left.const, str) and right.const is NOTHING:
        if inside:
            return _NONE
        found = [tag for tag, marks in _BAD_CHARACTERS.items() if any(mark in left.const for mark in marks)]
        return _marked([right], *found) if found else _NONE
    if left.qual.endswith("[]") and left.const is NOTHING and isinstance(right.const, str):
        return _marked([left]) if inside else _NONE  # each character of it
    # A list that the program or its configuration decides; one of the same stranger's is none.
    if inside and not isinstance(right.const, str) and right.level(ANY, _NONE) < Level.SOURCE:
        return _marked([left])
    return _NONE


_BAD_CHARACTERS = {
    "path": _PATH_CHARACTERS,
    "header": ("\n", "\r"),
    "log": ("\n", "\r"),
    "redirect": ("://", "//"),
}


def _equal(left: Value, right: Value, same: bool) -> Guards:
    """`left == right`: what equals something that the program decides is harmless."""
    name = left.qual.removesuffix("()").rpartition(".")[2]
    if name in ("commonpath", "commonprefix"):
        return _marked([left], "path") if same else _NONE
    if name in ("dirname", "parent") and "normal" in left.safe and same:
        return _marked([left], "path")
    if name in ("netloc", "hostname", "scheme") and right.const in ("", None):
        return _marked([left], "redirect") if same else _NONE
    if name == "basename" and same:
        return _marked([left], "path")
    if same and name not in _CALLS_OF_NUMBERS and right.level(ANY, _NONE) <= Level.UNKNOWN:
        if right.const in ("", None, 0) or name == "scheme":
            return _NONE
        return _marked([left])
    return _NONE


def _called(test: ast.Call, truth: bool, known: Known) -> Guards:
    args = [known(argument) for argument in test.args]
    args += [known(keyword.value) for keyword in test.keywords]
    function = test.func
    callee = known(function).qual
    name = function.attr if isinstance(function, ast.Attribute) else callee.rpartition(".")[2]
    receiver = known(function.value) if isinstance(function, ast.Attribute) else None
    if name in ("all", "any") and test.args and isinstance(test.args[0], ast.GeneratorExp | ast.ListComp):
        generator = test.args[0]
        return guards(generator.elt, truth, known) if (name == "all") is truth else _NONE
    if receiver is not None and name != "compare_digest":
        return _asked(name, receiver, args, truth)
    if name == "bool" and test.args:
        return guards(test.args[0], truth, known)
    if name == "isinstance" and len(args) == 2 and truth:
        kinds = args[1].items or (args[1],)
        if args[0].qual.startswith("ast."):  # a parsed expression whose nodes are checked one by one
            return _marked(args[:1])
        return _marked(args[:1]) if all(kind.qual in _NUMBER_TYPES for kind in kinds) else _NONE
    if truth and name == "compare_digest":
        return _all_marked(args)
    if truth and (known(function).function is not None or _VALIDATOR.search(name)):
        return _marked(args)
    return _NONE


def _asked(name: str, receiver: Value, args: list[Value], truth: bool) -> Guards:
    """`receiver.name(args)` as a test."""
    if name in _MATCHERS:
        return _matched(receiver, args, truth)
    if name == "startswith":
        return _starts(receiver, args, truth)
    if name in _PLAIN_TEXT and truth:
        return _marked([receiver])
    if name == "is_relative_to" and truth:
        return _marked([receiver], "path")
    if name == "issubset" and truth:
        return _marked([receiver])
    if name == "issuperset" and truth:
        return _marked(args)
    if name == "endswith" and truth and receiver.qual.endswith(("hostname", "netloc", "domain")):
        return _marked([receiver], "url", "redirect")
    if truth and (_VALIDATOR.search(name) or receiver.qual == "self"):
        return _marked(args)
    return _NONE


def _matched(receiver: Value, args: list[Value], truth: bool) -> Guards:
    """`re.fullmatch(pattern, text)`, or of a compiled pattern."""
    if receiver.qual == "re" and len(args) >= 2:
        pattern, text = args[0].const, args[1]
    elif args:
        compiled = receiver.items[0].const if receiver.qual == "re.compile()" and receiver.items else NOTHING
        pattern, text = compiled, args[0]
    else:
        return _NONE
    if not isinstance(pattern, str):
        return _marked([text]) if truth else _NONE
    if not truth:  # it has none of these characters
        return _marked([text]) if pattern.startswith("[") else _NONE
    return _marked([text])


def _starts(receiver: Value, args: list[Value], truth: bool) -> Guards:
    wanted = args[0] if args else Value()
    texts = [item.const for item in wanted.items] if wanted.items else wanted.constants()
    known = [text for text in texts if isinstance(text, str)]
    if not truth:  # it does not begin like something bad
        bad = any(".." in text for text in known)
        tags = (["path"] if bad else []) + (["redirect"] if any("//" in text for text in known) else [])
        return _marked([receiver], *tags) if tags else _NONE
    found: list[str] = []
    if "normal" in receiver.safe:
        found.append("path")
    if known and all("://" in text and len(text.partition("://")[2]) > 1 for text in known):
        found += ["url", "redirect"]
    elif known and all(text.startswith("/") for text in known):
        found.append("redirect")
    return _marked([receiver], *found) if found else _NONE
