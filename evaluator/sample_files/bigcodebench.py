"""BigCodeBench's samples: EvalPlus's form with ids of its own (bigcode-project/bigcodebench)."""

from __future__ import annotations

from evaluator.sample_files.evalplus import EvalPlusFormat
from evaluator.sample_files.formats import Head

PREFIX = "BigCodeBench/"


class BigCodeBenchFormat(EvalPlusFormat):
    name = "bigcodebench"
    title = "BigCodeBench JSONL (task_id “BigCodeBench/…”, solution)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        ids = [str(record.get("task_id", "")) for record in head.records]
        return head.most_have("task_id", "solution") and any(task_id.startswith(PREFIX) for task_id in ids)
