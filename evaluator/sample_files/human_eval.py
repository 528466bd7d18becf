"""human-eval's samples: `{"task_id": "HumanEval/0", "completion": "    return 1"}` (openai/human-eval)."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import most_have
from evaluator.sample_files.rankers import rankers_of
from evaluator.sample_files.strict_json import Record, task_id_field, text_field


class HumanEvalFormat:
    name = "human-eval"
    title = "human-eval JSONL (task_id, completion)"

    def matches(self, records: Sequence[Record]) -> bool:
        return most_have(records, {"task_id", "completion"}, without=frozenset({"solution"}))

    def parse(self, record: Record, line: int) -> Sample:
        text = text_field(record, "completion")
        return Sample(task_id_field(record), text, TextKind.COMPLETION, line, rankers_of(record))
