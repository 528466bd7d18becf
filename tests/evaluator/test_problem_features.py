"""Features of problems, against counts by hand."""

from __future__ import annotations

import pytest

from evaluator.problem_features import ProblemFeatures, problem_features
from evaluator.problem_sets import load_benchmark
from evaluator.records import Problem

PROMPT = '''\
import math


def helper(unused):
    return unused


def spread(values, scale=1):
    """Scale the values,
    then sum them.
    """
'''


def features(prompt: str, solution: str, entry_point: str = "spread") -> ProblemFeatures:
    return problem_features(Problem("Any/0", prompt, entry_point, "", solution))


def test_the_docstring_counts_without_its_indentation() -> None:
    found = features(PROMPT, "    return 0\n")
    assert found.docstring_characters == len("Scale the values,\nthen sum them.")
    assert found.docstring_words == 6


def test_names_are_counted_once_and_those_of_helpers_are_not() -> None:
    body = """\
    total = 0
    for place, value in enumerate(values):
        total = total + value
    squares = [item * item for item in values if (twice := item * 2)]
    try:
        first, *rest = squares
    except ValueError as error:
        raise error
    def inner(depth):
        return depth
    return total
"""
    # values scale | total place value squares item twice first rest error | inner depth
    assert features(PROMPT, body).variables == 13


def test_operations_are_operators_comparisons_calls_subscripts_and_comprehensions() -> None:
    assert features(PROMPT, "    return values\n").operations == 0
    # sum(…), [… for …], value * scale, -value, value > 0, and, values[0]
    body = "    return sum([value * scale for value in values if -value > 0 and values[0]])\n"
    assert features(PROMPT, body).operations == 7


def test_a_prompt_without_a_signature_has_the_modules_docstring() -> None:
    found = features(
        '"""Write a function that adds one."""\n', "def add_one(n):\n    return n + 1\n", "add_one"
    )
    assert found.docstring_words == 6
    assert found.variables == 1


def test_what_is_not_there_is_none_and_not_zero() -> None:
    found = features("def spread(values):\n", "    return values\n")
    assert found.docstring_words is None
    assert found.chained_operations is None
    assert features("def spread(values:\n", "    return 1\n").variables is None
    assert features(PROMPT, "    return 1\n", "missing").operations is None


@pytest.mark.parametrize("place", [0, 13, 64, 129])
def test_a_chain_has_exactly_its_number_of_operations(place: int) -> None:
    problem = load_benchmark("chains").problems[place]
    assert problem_features(problem).chained_operations == int(problem.task_id.split("/")[1])


def test_every_problem_of_humaneval_has_its_features() -> None:
    found = [problem_features(problem) for problem in load_benchmark("humaneval").problems]
    assert all(one.variables and one.docstring_words for one in found)
    assert all(one.operations is not None and one.chained_operations is None for one in found)
