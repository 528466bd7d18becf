"""Whether a text is a program, by its syntax alone: nothing is compiled to code, nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence

MAX_CHARACTERS = 100_000  # of one program
STREAM_CHARACTERS = 100_000_000  # of a file; about 20 s of reading
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ONLY_IN_FUNCTIONS = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await)
_ONLY_IN_LOOPS = (ast.Break, ast.Continue)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class SyntaxReader:
    """Reads programs until it has read `characters` of them; after that, nothing counts as a program."""

    def __init__(self, characters: int = STREAM_CHARACTERS) -> None:
        self.left = characters

    @property
    def exhausted(self) -> bool:
        return self.left <= 0

    def defines(self, source: str, name: str) -> bool:
        """Whether the source is valid Python whose outermost level gives this name a value."""
        body = self._body(source)
        return body is not None and any(name in _names(statement) for statement in body) and _in_place(body)

    def parses(self, source: str) -> bool:
        """Whether the source is valid Python, as far as its grammar goes."""
        return self._body(source) is not None

    def _body(self, source: str) -> list[ast.stmt] | None:
        if len(source) > MAX_CHARACTERS or self.exhausted:
            return None
        self.left -= len(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the program's own escapes and comparisons
            try:
                return ast.parse(source).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
                return None


def _names(statement: ast.stmt) -> Sequence[str]:
    """The names that a statement of a module gives a value, those of the usual kinds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (statement.name,)
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.If | ast.Try):
        return [name for inner in statement.body for name in _names(inner)]
    return ()


def _in_place(body: Sequence[ast.stmt]) -> bool:
    """Whether no `return` stands outside of a function, which the grammar allows and the compiler refuses."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, False) for statement in body]
    while waiting:
        node, in_loop = waiting.pop()
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _ONLY_IN_FUNCTIONS) or (isinstance(node, _ONLY_IN_LOOPS) and not in_loop):
            return False
        inside = in_loop or isinstance(node, _LOOPS)
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]
    return True
