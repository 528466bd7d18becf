"""EvalPlus' results: `{"date", "hash", "eval": {"HumanEval/0": [{"solution", "base_status", …}]}}`.

BigCodeBench writes the same with a single `status`. Of an entry's fields only the code and the statuses are
read: `base_fail_tests` and `plus_fail_tests` may be large and are passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import Reported, Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, Shape, list_field
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown, task_id_field, text_field

PASS = "pass"
MAX_STATUS_CHARACTERS = 40


class EvalPlusResultsFormat(SampleFormat):
    name = "evalplus-results"
    title = "EvalPlus results (eval, base_status, plus_status)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.shape is Shape.RESULTS and any(
            isinstance(record.get("results"), list) for record in head.records
        )

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        task_id = task_id_field(record)
        return [
            self._sample(task_id, entry, f"results[{index}]", line)
            for index, entry in enumerate(list_field(record, "results"))
        ]

    def _sample(self, task_id: str, entry: object, place: str, line: int) -> Sample:
        if not isinstance(entry, dict):
            raise FieldError(place, f"an object was expected, not {json_type(entry)}")
        try:
            text = text_field(entry, "solution")
            return Sample(task_id, text, TextKind.SOLUTION, line, {}, self._reported(entry))
        except FieldError as error:
            raise FieldError(f"{place}.{error.field}", error.message) from error

    def _reported(self, entry: Record) -> Reported | None:
        """The verdict on the tests that were asked for. "plus" asks for both, as EvalPlus's pass@k does."""
        names = ["status"] if "status" in entry else [f"{tests}_status" for tests in self._tests()]
        statuses = {name: entry[name] for name in names if entry.get(name) is not None}
        for name, status in statuses.items():
            if not isinstance(status, str):
                raise FieldError(name, f"a string was expected, not {json_type(status)}")
        if len(statuses) < len(names):
            return None  # evaluated with --base-only
        text = ", ".join(
            f"{name} {shown(status, MAX_STATUS_CHARACTERS)}" for name, status in statuses.items()
        )
        return Reported(all(status == PASS for status in statuses.values()), text.replace("_status", ""))

    def _tests(self) -> tuple[str, ...]:
        wanted = self.told.options.tests
        if wanted is None:
            slug = self.told.benchmark.slug if self.told.benchmark else ""
            wanted = "plus" if slug.endswith("-plus") else "base"
        return ("base", "plus") if wanted == "plus" else ("base",)

    def notes(self) -> tuple[str, ...]:
        return (f"Verdicts of the file are those on its {self._tests()[-1]} tests.",)
