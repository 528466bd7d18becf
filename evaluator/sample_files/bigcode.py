"""bigcode-evaluation-harness' generations: `[["<prompt and code>", …], …]` (bigcode-project).

It holds no ids: element i belongs to problem `limit_start + i` of the problem set. null stands for what was
not drawn, in the file of an interrupted run.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.errors import SampleFileError
from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import MAX_ITEMS, Head, SampleFormat, Shape, Told
from evaluator.sample_files.strict_json import FieldError, text_of


class BigCodeFormat(SampleFormat):
    name = "bigcode"
    title = "bigcode-evaluation-harness generations (a list of lists of programs)"
    takes = (list, type(None))

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self._missing = 0

    @classmethod
    def matches(cls, head: Head) -> bool:
        lists = [value for value in head.values if isinstance(value, list)]
        texts = [text for value in lists for text in value[:1]]
        return head.shape is Shape.LIST and bool(lists) and all(isinstance(t, str | None) for t in texts)

    def parse(self, record: list[object] | None, line: int) -> Sequence[Sample]:
        if record is None:
            self._missing += 1
            return ()
        if len(record) > MAX_ITEMS:
            raise FieldError(None, f"holds more than {MAX_ITEMS:,} items")
        task_id = self._task_id(line - 1)
        return [
            Sample(task_id, text_of(text, f"[{index}]"), TextKind.SOLUTION, line)
            for index, text in enumerate(record)
            if text is not None
        ]

    def _task_id(self, index: int) -> str:
        benchmark, start = self.told.benchmark, self.told.options.start
        if benchmark is None:
            raise SampleFileError("The file holds no task ids: say which benchmark its problems are of")
        if start + index >= len(benchmark.problems):
            held = len(benchmark.problems)
            raise FieldError(None, f"{benchmark.name} has {held} problems, none of index {start + index}")
        return benchmark.problems[start + index].task_id

    def notes(self) -> tuple[str, ...]:
        start = self.told.options.start
        order = f"Its elements are taken for the problems from index {start} on, in the benchmark's order."
        missing = f"{self._missing:,} problems have no samples (null)."
        return (order, missing) if self._missing else (order,)
