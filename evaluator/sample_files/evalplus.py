"""EvalPlus' samples: `{"task_id": "HumanEval/0", "solution": "<whole program>"}` (evalplus/evalplus)."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat
from evaluator.sample_files.rankers import rankers_of, reported_by
from evaluator.sample_files.strict_json import Record, task_id_field, text_field


class EvalPlusFormat(SampleFormat):
    name = "evalplus"
    title = "EvalPlus JSONL (task_id, solution)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("task_id", "solution")

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        text = text_field(record, "solution")
        task_id = task_id_field(record)
        return (Sample(task_id, text, TextKind.SOLUTION, line, rankers_of(record), reported_by(record)),)
