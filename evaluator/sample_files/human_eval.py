"""human-eval's samples: `{"task_id": "HumanEval/0", "completion": "    return 1"}` (openai/human-eval).

Its results file adds `passed` and `result` ("passed", "timed out", "failed: …") to each record.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat
from evaluator.sample_files.rankers import rankers_of, reported_by
from evaluator.sample_files.strict_json import Record, task_id_field, text_field


class HumanEvalFormat(SampleFormat):
    name = "human-eval"
    title = "human-eval JSONL (task_id, completion)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("task_id", "completion", without=frozenset({"solution"}))

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        text = text_field(record, "completion")
        task_id = task_id_field(record)
        return (Sample(task_id, text, TextKind.COMPLETION, line, rankers_of(record), reported_by(record)),)
