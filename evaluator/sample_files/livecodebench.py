"""LiveCodeBench's outputs: `[{"question_id": "3485", "code_list": ["…"], "graded_list": [true], …}]`.

`graded_list` and `metadata` (strings of JSON) stand in files that were evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from evaluator.records import Reported, Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, list_field, texts_field
from evaluator.sample_files.rankers import MAX_REPORTED_CHARACTERS
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown, task_id_field


class LiveCodeBenchFormat(SampleFormat):
    name = "livecodebench"
    title = "LiveCodeBench (question_id, code_list)"

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("question_id", "code_list")

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        task_id = task_id_field(record, "question_id")
        texts = texts_field(record, "code_list")
        reported = _reported(record, len(texts))
        return [
            Sample(task_id, text, TextKind.SOLUTION, line, {}, verdict)
            for text, verdict in zip(texts, reported, strict=True)
        ]


def _reported(record: Record, n: int) -> list[Reported | None]:
    if record.get("graded_list") is None:
        return [None] * n
    graded = list_field(record, "graded_list")
    if len(graded) != n:
        raise FieldError("graded_list", f"{n} verdicts were expected, not {len(graded)}")
    metadata = record.get("metadata")
    texts = metadata if isinstance(metadata, list) and len(metadata) == n else [None] * n
    return [
        _verdict(passed, index, text) for index, (passed, text) in enumerate(zip(graded, texts, strict=True))
    ]


def _verdict(passed: Any, index: int, metadata: Any) -> Reported:
    if not isinstance(passed, bool):
        raise FieldError(f"graded_list[{index}]", f"true or false was expected, not {json_type(passed)}")
    message = None if passed else _message(metadata)
    return Reported(passed, shown(message or ("passed" if passed else "failed"), MAX_REPORTED_CHARACTERS))


def _message(metadata: Any) -> str | None:
    """The `error_message` of a sample's metadata, which is a string of JSON; None where there is none."""
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            return None
    message = metadata.get("error_message") if isinstance(metadata, dict) else None
    return message if isinstance(message, str) else None
