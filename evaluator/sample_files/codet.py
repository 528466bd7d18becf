"""CodeT's generated solutions: `{"prompt": "…", "samples": ["…", …]}` (microsoft/CodeT).

There are no ids: the function that the prompt ends in names the problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from evaluator.errors import SampleFileError
from evaluator.records import Benchmark, Problem, Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, Told, texts_field
from evaluator.sample_files.strict_json import FieldError, Record, shown, text_field

DEF = re.compile(r"^def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)
COMPARED_CHARACTERS = 2000


class CodeTFormat(SampleFormat):
    name = "codet"
    title = "CodeT (prompt, samples)"

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self._by_entry_point: dict[str, list[Problem]] = {}
        for problem in told.benchmark.problems if told.benchmark else ():
            self._by_entry_point.setdefault(problem.entry_point, []).append(problem)

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("prompt", "samples", without=frozenset({"task_id"}))

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        prompt = text_field(record, "prompt")
        task_id = self._problem(prompt).task_id
        texts = texts_field(record, "samples")
        return [Sample(task_id, prompt + text, TextKind.SOLUTION, line) for text in texts]

    def _problem(self, prompt: str) -> Problem:
        benchmark = self._benchmark()
        names = DEF.findall(prompt)
        if not names:
            raise FieldError("prompt", "holds no “def name(” that could tell the problem")
        found = self._by_entry_point.get(names[-1], [])
        if not found:
            raise FieldError("prompt", f"{benchmark.name} has no problem that asks for “{shown(names[-1])}”")
        return found[0] if len(found) == 1 else max(found, key=lambda problem: _likeness(problem, prompt))

    def _benchmark(self) -> Benchmark:
        if self.told.benchmark is None:
            raise SampleFileError("The file holds no task ids: say which benchmark its problems are of")
        return self.told.benchmark


def _likeness(problem: Problem, prompt: str) -> float:
    """0 … 1. Prompts differ in their examples, which were taken out of CodeT's."""
    mine, other = problem.prompt[:COMPARED_CHARACTERS], prompt[:COMPARED_CHARACTERS]
    return SequenceMatcher(None, mine.split(), other.split(), autojunk=False).ratio()
