"""A problem's reference solution, taken apart so that changes can be made to its text.

Changes are made to the text and not to the tree: layout, quotes and comments of the rest survive, as they
would in a model's sample, and making a variant costs a few string slices.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from evaluator.errors import ProblemSetError
from evaluator.records import Problem


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace body[start:end] by `text`. `kind` names the mistake or the rewrite."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the body. `block` is the list of statements that holds it, if it is a statement."""

    node: ast.AST
    parent: ast.AST
    function: ast.FunctionDef
    start: int
    end: int
    block: tuple[ast.stmt, ...] = ()


class Reference:
    """A problem and its parsed reference solution. Raises ProblemSetError if it can't be parsed."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.body = problem.canonical_solution
        self._source = problem.prompt + self.body
        try:
            tree = ast.parse(self._source)
        except (SyntaxError, ValueError) as error:
            raise ProblemSetError(
                f"{problem.task_id}: the reference solution does not parse: {error}."
            ) from None
        named = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == problem.entry_point]
        if not named:
            raise ProblemSetError(
                f"{problem.task_id}: the reference solution defines no function {problem.entry_point!r}."
            )
        self.function = named[-1]
        self.places = tuple(self._walk(self.function, self.function))

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        return tuple(arg.arg for arg in self.function.args.args)

    @cached_property
    def local_names(self) -> tuple[str, ...]:
        """Names that the body assigns, in order of appearance."""
        stored = (
            p.node.id
            for p in self.places
            if isinstance(p.node, ast.Name) and isinstance(p.node.ctx, ast.Store)
        )
        return tuple(dict.fromkeys(stored))

    @cached_property
    def all_names(self) -> frozenset[str]:
        """Every identifier of prompt and body, so that a new one can avoid them."""
        names = {n.id for n in ast.walk(self.function) if isinstance(n, ast.Name)}
        return frozenset(names | {n.arg for n in ast.walk(self.function) if isinstance(n, ast.arg)})

    @cached_property
    def safe_from(self) -> int:
        """Offset behind the last `while`: changes before it could make a loop endless."""
        return max((place.end for place in self.places if isinstance(place.node, ast.While)), default=0)

    @cached_property
    def statements(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.block)

    def indent_of(self, place: Place) -> str:
        """White space before the line on which the place starts."""
        line = self.body[: place.start].rpartition("\n")[2]
        return line[: len(line) - len(line.lstrip())]

    def whole_lines(self, place: Place) -> tuple[int, int]:
        """Start and end of the lines that the place covers, the last line's end included."""
        start = self.body.rfind("\n", 0, place.start) + 1
        end = self.body.find("\n", place.end)
        return start, len(self.body) if end < 0 else end + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self._source.splitlines(keepends=True))]

    @cached_property
    def _lines(self) -> list[bytes]:
        return [line.encode() for line in self._source.splitlines(keepends=True)]

    def _offset(self, line: int, column: int) -> int:
        """Offset in the body of a tree's position, whose column counts UTF-8 bytes."""
        inside = len(self._lines[line - 1][:column].decode())
        return self._line_starts[line - 1] + inside - len(self.problem.prompt)

    def _walk(self, node: ast.AST, function: ast.FunctionDef) -> Iterator[Place]:
        blocks = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
        for child in ast.iter_child_nodes(node):
            if (
                isinstance(child, ast.expr | ast.stmt | ast.arg | ast.keyword)
                and child.end_lineno is not None
            ):
                start = self._offset(child.lineno, child.col_offset)
                end = self._offset(child.end_lineno, child.end_col_offset or 0)
                if start >= 0:
                    block = next((tuple(b) for b in blocks if child in b and isinstance(child, ast.stmt)), ())
                    yield Place(child, node, function, start, end, block)
            if not isinstance(child, ast.JoinedStr):  # positions inside f-strings are wrong before 3.12
                yield from self._walk(child, child if isinstance(child, ast.FunctionDef) else function)


def applied(body: str, edits: Iterable[Edit]) -> str | None:
    """The body with all edits made, or None where two of them overlap."""
    limit = len(body)
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        if edit.end > limit:
            return None
        body = body[: edit.start] + edit.text + body[edit.end :]
        limit = edit.start
    return body
