"""A problem's test, made ready to be replayed on outcomes that come from elsewhere.

`check(candidate)` runs here, in the trusted process, with a stand-in for the entry point. The stand-in
answers from recorded outcomes; nothing that the program made is executed. Asserts are rewritten so that
the two sides of a failed comparison are known.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import marshal
import operator
import random
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.errors import ProblemSetError
from evaluator.records import Problem
from evaluator.stand_in import MARSHAL_VERSION, Recorder, StandIn, call_text

_RANDOM_SEED = 20210707  # tests that draw random arguments draw the same ones in every replay
_PLAN = "planned_calls"  # a test may name its calls itself, as tuples of arguments: no need to listen to it
_OBJECTS = "accepts_objects"  # true in a test that only asks whether something was returned, whatever it is
_KEEPS = "keeps_objects"  # true in a test that uses the objects that the program returns
_COMPARE, _TRUTH = "__compare_asserted__", "__truth_asserted__"
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}


class CheckFailed(AssertionError):
    """An assertion of the test does not hold."""

    def __init__(self, site: Site, message: str, sides: tuple[Any, Any] | None) -> None:
        super().__init__(message)
        self.site = site
        self.sides = sides


@dataclass(frozen=True, slots=True)
class Site:
    """One assertion of the test. `candidate_side`: where the call stands, 0, 1 or None."""

    lines: range  # of the test's source, from 1
    condition: str
    operator: type[ast.cmpop] | None
    candidate_side: int | None


class Check:
    """The test of one problem. `calls`: what it asks of the reference solution, in order."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._file_name = f"<test of {problem.task_id}>"
        self._sites: list[Site] = []
        self._stand_in: StandIn | None = None
        self._uses_random = "random" in problem.test
        self._namespace: dict[str, Any] = {}
        self._check, self._reference = self._load()
        self.accepts_objects = bool(self._namespace.get(_OBJECTS))
        self.keeps_objects = bool(self._namespace.get(_KEEPS))
        self.test_begins_with_function = _begins_with_function(problem.test)
        self.calls: tuple[bytes, ...] = self._record()

    def replay(self, stand_in: StandIn) -> None:
        """Run the test. Raises CheckFailed, Unanswered, OffPlan, or what an answer or the test raises."""
        self._namespace[self.problem.entry_point] = self._stand_in = stand_in
        try:
            with self._same_random_numbers():
                self._check(stand_in)
        finally:
            if stand_in.interrupted is not None:
                raise stand_in.interrupted

    @contextlib.contextmanager
    def _same_random_numbers(self) -> Iterator[None]:
        if not self._uses_random:
            yield
            return
        state = random.getstate()
        random.seed(_RANDOM_SEED)
        try:
            yield
        finally:
            random.setstate(state)

    def _explain(self, message: Callable[[], Any]) -> str:
        """The message of a failed assertion. It may repeat calls of the test, and is not worth a new one."""
        if self._stand_in is None:
            return str(message())
        self._stand_in.explaining = True
        try:
            return str(message())
        except Exception:  # noqa: BLE001  a message that can't be put together doesn't change the verdict
            return ""
        finally:
            self._stand_in.explaining = False

    def condition_at(self, error: BaseException) -> str | None:
        """The assertion of the test that raised this error while it was worked out, None elsewhere."""
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename == self._file_name
        ]
        inside = [site for site in self._sites if lines and lines[-1] in site.lines]
        return inside[0].condition if inside else None

    def call_text(self, calls: Sequence[bytes], index: int) -> str:
        """Call `index` of `calls` as one would type it."""
        return call_text(self.problem.entry_point, calls, index)

    def _load(self) -> tuple[Callable[[Any], None], Callable[..., Any]]:
        problem = self.problem
        sites = self._sites
        try:
            rewritten = _AssertRewriter(sites).visit(ast.parse(problem.test))
            code = compile(ast.fix_missing_locations(rewritten), self._file_name, "exec")
            own: dict[str, Any] = {}  # in here, a reference that calls itself calls no stand-in
            exec(problem.prompt + problem.canonical_solution, own)
            reference = own[problem.entry_point]
            self._namespace.update(own, **_assertions(sites, self._explain))
            exec(code, self._namespace)
            return self._namespace["check"], reference
        except Exception as error:
            raise ProblemSetError(
                f"{problem.task_id}: its reference or test can't be loaded: {error!r}"
            ) from error

    def _record(self) -> tuple[bytes, ...]:
        """The calls that the test makes when the reference solution answers."""
        if self.keeps_objects:
            recorder_of_steps = Recorder(self._reference)
            self._run_on_reference(recorder_of_steps)
            return tuple(recorder_of_steps.recorded)
        calls: list[bytes] = []

        def note(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
            try:
                calls.append(marshal.dumps((arguments, keywords), MARSHAL_VERSION))
            except ValueError as error:
                raise ProblemSetError(
                    f"{self.problem.task_id}: its test passes objects that are not plain data"
                ) from error

        def recorder(*arguments: Any, **keywords: Any) -> Any:
            note(arguments, keywords)
            return self._reference(*copy.deepcopy(arguments), **copy.deepcopy(keywords))

        if _PLAN in self._namespace:
            for arguments in self._namespace[_PLAN]:
                note(arguments, {})
            return tuple(calls)
        self._run_on_reference(recorder)
        return tuple(calls)

    def _run_on_reference(self, recorder: Callable[..., Any]) -> None:
        self._namespace[self.problem.entry_point] = recorder
        try:
            with self._same_random_numbers():
                self._check(recorder)
        except AssertionError:
            pass  # a reference that fails its own test is shown as such when it is scored
        except ProblemSetError:
            raise
        except Exception as error:
            raise ProblemSetError(
                f"{self.problem.task_id}: its reference solution can't be put to its test: {error!r}"
            ) from error


def exception_like(name: str, message: str) -> Exception:
    """The built-in exception of that name, so that a test may expect it; otherwise a plain one."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:  # UnicodeDecodeError and its like want more
            pass
    return Exception(message)


def _begins_with_function(test: str) -> bool:
    """Whether a decorator left dangling before the test would decorate its first function."""
    body = ast.parse(test).body
    return bool(body) and isinstance(body[0], ast.FunctionDef | ast.ClassDef)


class _AssertRewriter(ast.NodeTransformer):
    """assert L == R, M  →  __compare_asserted__(site, L, R, lambda: M)"""

    def __init__(self, sites: list[Site]) -> None:
        self.sites = sites

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        test = node.test
        simple = isinstance(test, ast.Compare) and len(test.ops) == 1
        sides = [test.left, test.comparators[0]] if isinstance(test, ast.Compare) and simple else [test]
        kind = type(test.ops[0]) if isinstance(test, ast.Compare) and simple else None
        holds_call = [any(_calls_candidate(part) for part in ast.walk(side)) for side in sides]
        side = holds_call.index(True) if kind and holds_call.count(True) else None
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        self.sites.append(Site(lines, ast.unparse(test), kind, side))
        message = ast.Lambda(
            args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
            body=node.msg or ast.Constant(""),
        )
        name = ast.Name(_COMPARE if simple else _TRUTH, ast.Load())
        call = ast.Call(name, [ast.Constant(len(self.sites) - 1), *sides, message], [])
        return ast.copy_location(ast.Expr(call), node)


def _calls_candidate(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "candidate"


def _assertions(
    sites: list[Site], explain: Callable[[Callable[[], Any]], str]
) -> dict[str, Callable[..., None]]:
    """The two functions that rewritten asserts call."""

    def compare(number: int, left: Any, right: Any, message: Callable[[], Any]) -> None:
        site = sites[number]
        assert site.operator is not None
        if not _OPERATORS[site.operator](left, right):
            raise CheckFailed(site, explain(message), (left, right))

    def truth(number: int, value: Any, message: Callable[[], Any]) -> None:
        if not value:
            raise CheckFailed(sites[number], explain(message), None)

    return {_COMPARE: compare, _TRUTH: truth}
