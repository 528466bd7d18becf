"""lm-evaluation-harness' logged samples: `{"doc": {…}, "resps", "filtered_resps", "filter", "doc_hash"}`.

A row per document and filter; of several filters one is read. (EleutherAI/lm-evaluation-harness)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluator.records import Reported, Sample, TextKind
from evaluator.sample_files.formats import Head, SampleFormat, Told, list_field
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown, task_id_field, text_of

NO_FILTER = "none"
METRICS = ("pass@1", "pass_at_1")


class LmEvalFormat(SampleFormat):
    name = "lm-eval"
    title = "lm-evaluation-harness samples (doc, filtered_resps, doc_hash)"

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self._filter = told.options.filter
        self._left_out: Counter[str] = Counter()

    @classmethod
    def matches(cls, head: Head) -> bool:
        return head.most_have("doc_hash", "filtered_resps")

    def parse(self, record: Record, line: int) -> Sequence[Sample]:
        name = _filter_of(record)
        if self._filter is None:
            self._filter = name
        if name != self._filter:
            if name in self._left_out or len(self._left_out) < 20:
                self._left_out[name] += 1
            return ()
        doc = record.get("doc")
        if not isinstance(doc, dict):
            raise FieldError(
                "doc", "is missing" if doc is None else f"an object was expected, not {json_type(doc)}"
            )
        task_id = self._task_id(doc)
        texts = _texts(record)
        reported = _reported(record) if len(texts) == 1 else None
        return [Sample(task_id, text, _kind(text, doc), line, {}, reported) for text in texts]

    def _task_id(self, doc: Record) -> str:
        """MBPP's ids are bare numbers there."""
        number = doc.get("task_id")
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**9:
            return self.told.task_id("Mbpp", number)
        try:
            return task_id_field(doc)
        except FieldError as error:
            raise FieldError("doc.task_id", error.message) from error

    def notes(self) -> tuple[str, ...]:
        rows = ", ".join(f"“{name}” ({count:,} rows)" for name, count in self._left_out.items())
        if not rows:
            return ()
        return (
            f"The file holds the answers of several filters: “{self._filter}” was read, {rows} left out.",
        )


def _filter_of(record: Record) -> str:
    name = record.get("filter", NO_FILTER)
    if not isinstance(name, str) or len(name) > 200:
        raise FieldError("filter", "a name was expected")
    return shown(name, 200)


def _texts(record: Record) -> list[str]:
    """The filtered responses: a list of texts, or of lists of them where there are several per document."""
    texts: list[str] = []
    for index, value in enumerate(list_field(record, "filtered_resps")):
        inner = value if isinstance(value, list) else [value]
        texts += [text_of(text, f"filtered_resps[{index}]") for text in inner]
    return texts


def _kind(text: str, doc: Record) -> TextKind:
    """A filter may have put the prompt before the response."""
    prompt = doc.get("prompt")
    whole = isinstance(prompt, str) and prompt.strip() != "" and text.startswith(prompt)
    return TextKind.SOLUTION if whole or "prompt" not in doc else TextKind.COMPLETION


def _reported(record: Record) -> Reported | None:
    """The verdict of a document with one response: its metric is 0 or 1."""
    for name in METRICS:
        value = record.get(name)
        if isinstance(value, int | float) and value in (0, 1):
            return Reported(value == 1, f"{name} = {value:g}")
    return None
