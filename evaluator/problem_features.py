"""What makes a problem long or intricate, read from its prompt and its reference solution alone.

Chen et al. 2021 (arXiv:2107.03374, section on limitations) saw models fail more as docstrings chain more
operations, and as more variables have to be bound to the right operation. These are the figures by which that
can be looked at on any benchmark.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.problem_sets.chains import chain_length
from evaluator.records import Problem

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OPERATIONS = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Subscript, ast.comprehension)


@dataclass(frozen=True, slots=True)
class ProblemFeatures:
    """Counts; None where a problem has no such thing, or its reference can't be parsed.

    `docstring_characters`, `docstring_words`: of the entry point's docstring (else the prompt's own), with
    its examples, without the indentation. `chained_operations`: building blocks that the docstring chains,
    known for the benchmark `chains` alone. `operations`: operators, comparisons, calls, subscripts and
    comprehensions of the reference, which is how one author solved it and not what the docstring asks for.
    `variables`: distinct names that the reference binds: arguments, assignments, loops, comprehensions.
    """

    docstring_characters: int | None
    docstring_words: int | None
    chained_operations: int | None
    operations: int | None
    variables: int | None


def problem_features(problem: Problem) -> ProblemFeatures:
    """The features of one problem. Parses, never executes."""
    try:
        tree = ast.parse(problem.prompt + problem.canonical_solution)
    except (SyntaxError, ValueError):
        return ProblemFeatures(None, None, chain_length(problem.task_id), None, None)
    function = _entry_point(tree, problem.entry_point)
    docstring = _docstring(tree, function)
    return ProblemFeatures(
        docstring_characters=len(docstring) if docstring else None,
        docstring_words=len(docstring.split()) if docstring else None,
        chained_operations=chain_length(problem.task_id),
        operations=_operations(function) if function else None,
        variables=len(set(_bound_names(function))) if function else None,
    )


def _entry_point(tree: ast.Module, name: str) -> _Function | None:
    """The last function of that name: a prompt may hold its signature and the solution define it again."""
    functions = [node for node in tree.body if isinstance(node, _Function) and node.name == name]
    return functions[-1] if functions else None


def _docstring(tree: ast.Module, function: _Function | None) -> str:
    """The first text that stands alone, in the function or else in the module, without its indentation.

    Not only at the beginning: in HumanEval/115 an import comes before it.
    """
    statements = [*(function.body if function else ()), *tree.body]
    alone = (node.value for node in statements if isinstance(node, ast.Expr))
    texts = (value.value for value in alone if isinstance(value, ast.Constant))
    return next((inspect.cleandoc(text).strip() for text in texts if isinstance(text, str)), "")


def _operations(function: _Function) -> int:
    return sum(isinstance(node, _OPERATIONS) for part in function.body for node in ast.walk(part))


def _bound_names(function: _Function) -> Iterator[str]:
    """Names bound inside of the function; its own name is not among them."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler | _Function) and node.name and node is not function:
            yield node.name
