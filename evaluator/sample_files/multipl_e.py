"""MultiPL-E's files, a JSON document per problem: `{"name", "language", "prompt", "completions", …}`.

Its evaluation writes `results` instead: programs with the tests at their end, and a status (nuprl/MultiPL-E).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.records import Reported, Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, list_field, texts_field
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown, text_field

NAME = re.compile(r"^([A-Za-z]+)_(\d{1,9})(?:_|$)", re.ASCII)
PYTHON = ("py", "python")
PASSED = "OK"
MAX_STATUS_CHARACTERS = 40


class MultiPLEFormat(SampleFormat):
    name = "multipl-e"
    title = "MultiPL-E (name, language, completions or results)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        common = ("name", "language", "prompt")
        return head.most_have(*common, "completions") or head.most_have(*common, "results")

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        language = text_field(record, "language", 200)
        if language not in PYTHON:
            raise FieldError(
                "language", f"is “{shown(language)}”; programs are judged here in Python (py) alone"
            )
        task_id = self._task_id(text_field(record, "name", 200))
        prompt = text_field(record, "prompt")
        if "completions" in record:
            texts = texts_field(record, "completions")
            return [Sample(task_id, prompt + text, TextKind.SOLUTION, line) for text in texts]
        tests = text_field(record, "tests") if record.get("tests") else ""
        results = enumerate(list_field(record, "results"))
        return [_result(task_id, result, f"results[{index}]", tests, line) for index, result in results]

    def _task_id(self, name: str) -> str:
        found = NAME.match(name)
        if found is None:
            raise FieldError("name", f"a name such as HumanEval_0_… was expected, not “{shown(name)}”")
        return self.told.task_id(found[1], int(found[2]))


def _result(task_id: str, result: object, place: str, tests: str, line: int) -> Sample:
    if not isinstance(result, dict):
        raise FieldError(place, f"an object was expected, not {json_type(result)}")
    try:
        text = text_field(result, "program").removesuffix(tests)
        status = text_field(result, "status")
    except FieldError as error:
        raise FieldError(f"{place}.{error.field}", error.message) from error
    reported = Reported(status == PASSED, shown(status, MAX_STATUS_CHARACTERS))
    return Sample(task_id, text, TextKind.SOLUTION, line, {}, reported)
