"""Sample files: bytes → records, as a stream, proof against hostile input."""

from evaluator.sample_files.catalog import FORMATS, detect, named_format
from evaluator.sample_files.counts import CountFile, read_counts
from evaluator.sample_files.formats import CountFormat, SampleFormat
from evaluator.sample_files.guess import FileNameGuess, guess_from_name
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.lines import LineReader
from evaluator.sample_files.options import ReadOptions
from evaluator.sample_files.preview import Preview, PreviewSample, preview
from evaluator.sample_files.reader import (
    SampleFile,
    SampleStream,
    raw_records,
    read_all,
    read_samples,
    unknown_task_id,
)
from evaluator.sample_files.strict_json import BadLine
from evaluator.sample_files.tally import Coverage

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "BadLine",
    "CountFile",
    "CountFormat",
    "Coverage",
    "FileLimits",
    "FileNameGuess",
    "LineReader",
    "Preview",
    "PreviewSample",
    "ReadOptions",
    "SampleFile",
    "SampleFormat",
    "SampleStream",
    "detect",
    "guess_from_name",
    "named_format",
    "preview",
    "raw_records",
    "read_all",
    "read_counts",
    "read_samples",
    "unknown_task_id",
]
