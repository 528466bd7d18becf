"""EvalPlus' folder of programs, packed: `HumanEval_0/0.py`, `HumanEval_0/1.py`, … (evalplus/evalplus)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.records import Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, Shape
from evaluator.sample_files.strict_json import FieldError, Record, shown, text_field

MEMBER = re.compile(r"(?:^|/)([A-Za-z]\w{0,80})_(\d{1,9})/(\d{1,9})\.py$", re.ASCII)


class EvalPlusFolderFormat(SampleFormat):
    name = "evalplus-folder"
    title = "EvalPlus folder, packed (HumanEval_0/0.py, …)"
    of_files = True

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.shape is Shape.FILES  # no other form has programs in files of their own

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        found = MEMBER.search(text_field(record, "member"))
        if found is None:
            name = shown(record["member"])
            raise FieldError(None, f"a name such as HumanEval_0/0.py was expected, not “{name}”")
        task_id = self.told.task_id(found[1], int(found[2]))
        return (Sample(task_id, text_field(record, "text"), TextKind.SOLUTION, line),)
