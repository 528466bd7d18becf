"""EvalPlus' samples: `{"task_id": "HumanEval/0", "solution": "<whole program>"}` (evalplus/evalplus)."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import most_have
from evaluator.sample_files.rankers import rankers_of
from evaluator.sample_files.strict_json import Record, task_id_field, text_field


class EvalPlusFormat:
    name = "evalplus"
    title = "EvalPlus JSONL (task_id, solution)"

    def matches(self, records: Sequence[Record]) -> bool:
        return most_have(records, {"task_id", "solution"})

    def parse(self, record: Record, line: int) -> Sample:
        text = text_field(record, "solution")
        return Sample(task_id_field(record), text, TextKind.SOLUTION, line, rankers_of(record))
