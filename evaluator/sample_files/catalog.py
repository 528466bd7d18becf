"""The sample formats that are read, in the order in which they are tried."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.bigcode import BigCodeFormat
from evaluator.sample_files.bigcodebench import BigCodeBenchFormat
from evaluator.sample_files.codet import CodeTFormat
from evaluator.sample_files.eval_arena import EvalArenaFormat
from evaluator.sample_files.evalplus import EvalPlusFormat
from evaluator.sample_files.evalplus_counts import EvalPlusCountsFormat
from evaluator.sample_files.evalplus_folder import EvalPlusFolderFormat
from evaluator.sample_files.evalplus_results import EvalPlusResultsFormat
from evaluator.sample_files.formats import Head, SampleFormat
from evaluator.sample_files.human_eval import HumanEvalFormat
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.livecodebench import LiveCodeBenchFormat
from evaluator.sample_files.lm_eval import LmEvalFormat
from evaluator.sample_files.multipl_e import MultiPLEFormat
from evaluator.sample_files.options import DEFAULTS, ReadOptions
from evaluator.sample_files.records_of import FileRecords
from evaluator.sample_files.strict_json import FieldError, Record, json_type, shown

FORMATS: tuple[type[SampleFormat], ...] = (
    HumanEvalFormat,
    BigCodeBenchFormat,
    EvalPlusFormat,
    EvalPlusFolderFormat,
    EvalPlusResultsFormat,
    EvalPlusCountsFormat,
    BigCodeFormat,
    LiveCodeBenchFormat,
    LmEvalFormat,
    MultiPLEFormat,
    CodeTFormat,
    EvalArenaFormat,
)

SHOWN_KEYS = 12


def detect(
    path: Path, limits: FileLimits = DEFAULT_LIMITS, options: ReadOptions = DEFAULTS
) -> type[SampleFormat]:
    """The format of a file by its content, or the one that `options` name.

    Raises SampleFileError that says what was seen instead.
    """
    if options.format is not None:
        return named_format(options.format)
    records = FileRecords(path, limits)
    return format_of(records.source.label, records.head())


def named_format(name: str) -> type[SampleFormat]:
    """The format of that name. Raises SampleFileError that lists them."""
    for fmt in FORMATS:
        if fmt.name == name:
            return fmt
    known = ", ".join(fmt.name for fmt in FORMATS)
    raise SampleFileError(f"{shown(name)}: no such format of sample files; known ones: {known}")


def format_of(label: str, head: Head) -> type[SampleFormat]:
    """The first format that the head of the file `label` matches. Raises SampleFileError where none does."""
    for fmt in FORMATS:
        if fmt.matches(head):
            return fmt
    known = ", ".join(fmt.title for fmt in FORMATS)
    raise SampleFileError(
        f"{label}: no sample file that is known here: {_trouble(head)}. Known forms: {known}"
    )


def _trouble(head: Head) -> str:
    """What is seen instead of a known form."""
    if head.records:
        return f"its first record has {_keys(head.records[0])}"
    if not head.values:
        return "it is empty"
    first = head.values[0]
    if isinstance(first, FieldError):
        return f"{head.shape} {head.first}: {first}"
    return f"its first {head.shape} is {json_type(first)}"


def _keys(record: Record) -> str:
    if not record:
        return "no fields"
    more = f", … ({len(record)} in all)" if len(record) > SHOWN_KEYS else ""
    return "the fields " + ", ".join(shown(name) for name in islice(record, SHOWN_KEYS)) + more
