"""Counts as eval-arena keeps them: `{"benchmark_id", "model", "example_id", "correct": 4, "count": 5}`.

A file may hold several models; one is read. (crux-eval/eval-arena)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluator.records import CountRecord
from evaluator.sample_files.formats import CountFormat, Head, Told
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown, task_id_field, text_field

MAX_COUNT = 1_000_000
LISTED_MODELS = 20


class EvalArenaFormat(CountFormat):
    name = "counts"
    title = "eval-arena counts (benchmark_id, model, example_id, correct, count; no code)"

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self._model = told.options.model
        self._left_out: Counter[str] = Counter()

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("benchmark_id", "model", "example_id", "correct", "count")

    def counts(self, record: Record, line: int) -> Sequence[CountRecord]:
        model = shown(text_field(record, "model", 200), 200)
        if self._model is None:
            self._model = model
        if model != self._model:
            if model in self._left_out or len(self._left_out) < LISTED_MODELS:
                self._left_out[model] += 1
            return ()
        n = _whole(record, "count", 1, MAX_COUNT)
        c = _whole(record, "correct", 0, n)
        benchmark = shown(text_field(record, "benchmark_id", 200), 200)
        return (CountRecord(task_id_field(record, "example_id"), n, c, line, model, benchmark),)

    def notes(self) -> tuple[str, ...]:
        others = ", ".join(f"“{name}” ({count:,} rows)" for name, count in self._left_out.items())
        if not others:
            return ()
        return (f"The file holds several models: “{self._model}” was read, {others} left out.",)


def _whole(record: Record, name: str, low: int, high: int) -> int:
    value = record.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise FieldError(name, f"a whole number was expected, not {json_type(value)}")
    if not low <= value <= high:
        raise FieldError(name, f"must be from {low} to {high:,}")
    return value
