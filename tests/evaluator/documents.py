"""Sample files made of JSON documents, and what is read of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.problem_sets import load_benchmark
from evaluator.records import CountRecord, Sample
from evaluator.sample_files import BadLine, ReadOptions, SampleStream

HUMANEVAL = load_benchmark("humaneval")
ADD = HUMANEVAL.by_task_id["HumanEval/53"]
CODE = "def add(x, y):\n    return x + y\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file of one JSON document, or of JSON lines where several are given."""

    def run(*documents: Any) -> Path:
        path = tmp_path / "samples.json"
        path.write_text("\n".join(map(json.dumps, documents)))
        return path

    return run


def items(path: Path, **options: Any) -> list[Sample | CountRecord | BadLine]:
    return list(SampleStream(path, HUMANEVAL, ReadOptions(**options)).items())


def faults(path: Path, **options: Any) -> list[str]:
    return [str(item) for item in items(path, **options) if isinstance(item, BadLine)]
