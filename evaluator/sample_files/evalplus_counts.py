"""EvalPlus' results before version 0.2, statuses without code.

`{"eval": {"HumanEval/0": {"nfiles": 2, "base": [["success", [true, …]], …], "plus": […]}}}`
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import CountRecord
from evaluator.sample_files.formats import CountFormat, Head, Shape, list_field
from evaluator.sample_files.strict_json import FieldError, Record, json_type, task_id_field

PASSED = ("success", "pass")


class EvalPlusCountsFormat(CountFormat):
    name = "evalplus-counts"
    title = "EvalPlus results before 0.2 (eval, base, plus; no code)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        entries = [record.get("results") for record in head.records]
        return head.shape is Shape.RESULTS and any(isinstance(e, dict) and "base" in e for e in entries)

    def counts(self, record: Record, line: int) -> Sequence[CountRecord]:
        task_id, entry = task_id_field(record), record.get("results")
        if not isinstance(entry, dict):
            raise FieldError("results", f"an object was expected, not {json_type(entry)}")
        passed = self._passed(entry, "base")
        if not passed:
            raise FieldError("base", "holds no status")
        if self._plus():
            plus = self._passed(entry, "plus")
            if len(plus) != len(passed):
                raise FieldError("plus", f"{len(passed)} statuses were expected, not {len(plus)}")
            passed = [base and more for base, more in zip(passed, plus, strict=True)]
        return (CountRecord(task_id, len(passed), sum(passed), line),)

    def _plus(self) -> bool:
        wanted = self.told.options.tests
        if wanted is not None:
            return wanted == "plus"
        return self.told.benchmark is not None and self.told.benchmark.slug.endswith("-plus")

    @staticmethod
    def _passed(entry: Record, name: str) -> list[bool]:
        statuses = []
        for index, result in enumerate(list_field(entry, name)):
            status = result[0] if isinstance(result, list) and result else result
            if not isinstance(status, str):
                raise FieldError(f"{name}[{index}]", "a status such as “success” was expected")
            statuses.append(status in PASSED)
        return statuses

    def notes(self) -> tuple[str, ...]:
        return (f"Counts are those on its {'plus' if self._plus() else 'base'} tests.",)
