"""The preview: what a file holds, in one pass and bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from evaluator.errors import SampleFileError
from evaluator.problem_sets import load_benchmark
from evaluator.sample_files import Preview, preview

HUMANEVAL = load_benchmark("humaneval")
FIRST = HUMANEVAL.problems[0]
PreviewOf = Callable[..., Preview]


@pytest.fixture
def preview_of(tmp_path: Path) -> PreviewOf:
    """Previews a file of these records (a str stands for a raw line)."""

    def run(*records: object, name: str = "samples.jsonl") -> Preview:
        path = tmp_path / "upload"
        lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
        path.write_text("\n".join(lines))
        return preview(path, HUMANEVAL, name)

    return run


def record(task: int | str = 0, text: str = "    return 1\n", **fields: object) -> dict[str, object]:
    task_id = f"HumanEval/{task}" if isinstance(task, int) else task
    return {"task_id": task_id, "completion": text, **fields}


def test_format_container_and_hash_are_told(tmp_path: Path) -> None:
    plain = json.dumps(record()).encode()
    path = tmp_path / "upload"
    path.write_bytes(gzip.compress(plain))
    shown = preview(path, HUMANEVAL, "codegen-2B_T0.2.jsonl.gz")
    assert (shown.format, shown.container) == ("human-eval", "gzip")
    assert (shown.stored_bytes, shown.inflated_bytes) == (path.stat().st_size, len(plain))
    assert shown.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (shown.guess.model, shown.guess.temperature) == ("codegen-2B", 0.2)
    assert shown.usable


def test_the_first_three_samples_are_shown_and_cut(preview_of: PreviewOf) -> None:
    shown = preview_of(record(7, "x" * 5000, score=2), record(1), record(2), record(3))
    assert [(sample.line, sample.task_id) for sample in shown.first] == [
        (1, "HumanEval/7"),
        (2, "HumanEval/1"),
        (3, "HumanEval/2"),
    ]
    assert (len(shown.first[0].text), shown.first[0].characters) == (2000, 5000)
    assert shown.first[0].rankers == {"score": 2.0}
    assert shown.samples == 4


def test_coverage_counts_problems_and_samples_of_each(preview_of: PreviewOf) -> None:
    records = [record(i) for i in range(100) for _ in range(10 if i < 90 else 20)]
    coverage = preview_of(*records).coverage
    assert (coverage.problems, coverage.covered) == (164, 100)
    assert (coverage.n_min, coverage.n_max, coverage.n_common) == (10, 20, 10)
    assert coverage.missing == tuple(f"HumanEval/{i}" for i in range(100, 120))
    assert coverage.missing_count == 64
    assert coverage.unknown_count == 0


def test_unknown_task_ids_are_counted_and_make_the_file_unusable(preview_of: PreviewOf) -> None:
    strange = [record(f"Mbpp/{i}") for i in range(30)] + [record("Mbpp/7")] * 2
    shown = preview_of(record(0), *strange)
    assert shown.coverage.unknown_count == 30
    assert shown.coverage.unknown_samples == 32
    assert shown.coverage.unknown[0] == ("Mbpp/7", 3)
    assert len(shown.coverage.unknown) == 20
    assert not shown.usable


def test_unknown_task_ids_are_told_apart_up_to_a_bound(preview_of: PreviewOf) -> None:
    coverage = preview_of(*[record(f"Other/{i}") for i in range(10_050)]).coverage
    assert (coverage.unknown_count, coverage.unknown_samples) == (10_000, 10_050)


def test_a_file_of_another_benchmark_covers_nothing(preview_of: PreviewOf) -> None:
    coverage = preview_of(record("Mbpp/2")).coverage
    assert (coverage.covered, coverage.n_min, coverage.n_max, coverage.n_common) == (0, 0, 0, 0)


def test_bad_lines_are_all_counted_and_twenty_shown(preview_of: PreviewOf) -> None:
    shown = preview_of(*[record(0)] * 40, *["{"] * 30)
    assert shown.bad_line_count == 30
    assert [bad.line for bad in shown.bad_lines] == list(range(41, 61))
    assert shown.samples == 40
    assert not shown.usable


def test_rankers_are_named_in_order_of_appearance(preview_of: PreviewOf) -> None:
    shown = preview_of(record(0, mean_logprob=-1.0), record(1, votes=1, mean_logprob=-2.0))
    assert shown.ranker_names == ("mean_logprob", "votes")


def test_ranker_names_are_bounded(preview_of: PreviewOf) -> None:
    assert len(preview_of(*[record(0, **{f"r{i}": 1}) for i in range(200)]).ranker_names) == 64


@pytest.mark.parametrize("field", ["passed", "result", "verdict", "detail"])
def test_verdicts_of_another_harness_are_noticed(preview_of: PreviewOf, field: str) -> None:
    assert preview_of(record(0), record(1, **{field: "x"})).carries_verdicts
    assert not preview_of(record(0), record(1, other="x")).carries_verdicts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FIRST.canonical_solution, 0),
        ("return 1", 0),
        ("    return 1\n\n\ndef has_close_elements(a, b):\n    pass\n", 0),  # ran on past its end
        (FIRST.prompt + FIRST.canonical_solution, 1),
        ("\n\n" + FIRST.prompt + FIRST.canonical_solution, 1),
        (" " + FIRST.prompt + FIRST.canonical_solution, 1),
        ("import x\ndef has_close_elements(numbers, threshold):\n    return 1", 1),
        ("Sure!\n```python\ndef has_close_elements(a, b):\n    return 1\n```", 1),
        ("def another(a):\n    return 1", 0),
    ],
)
def test_completions_that_start_over_with_the_prompt_are_counted(
    preview_of: PreviewOf, text: str, expected: int
) -> None:
    assert preview_of(record(0, text), record(1)).repeats_prompt == expected


def test_solutions_repeat_nothing(preview_of: PreviewOf) -> None:
    shown = preview_of({"task_id": "HumanEval/0", "solution": FIRST.prompt + FIRST.canonical_solution})
    assert (shown.format, shown.repeats_prompt) == ("evalplus", 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("```python\nx\n```", 1), ("Sure:\n  ```\nx\n", 1), ("    # use ``` here\n", 0), ("    return ''\n", 0)],
)
def test_markdown_fences_are_counted(preview_of: PreviewOf, text: str, expected: int) -> None:
    assert preview_of(record(0, text)).fenced == expected


def test_a_hopeless_file_is_refused_under_its_uploaded_name(preview_of: PreviewOf) -> None:
    with pytest.raises(SampleFileError, match=r"^mine\.jsonl: no sample file"):
        preview_of({"a": 1}, name="mine.jsonl")


def test_a_preview_can_be_kept_as_json(preview_of: PreviewOf) -> None:
    kept = json.loads(json.dumps(asdict(preview_of(record(0, score=1), "{", name="a_T0.2.jsonl"))))
    assert kept["bad_lines"][0]["line"] == 2
    assert kept["guess"]["temperature"] == 0.2


def test_60_megabytes_in_32800_lines_are_previewed_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    filler = random.Random(0)
    with path.open("w") as file:
        for number in range(32_800):
            text = f"    return {filler.randbytes(400).hex()!r}\n" * 2 + "    # filler\n" * 11
            file.write(json.dumps(record(number // 200, text, mean_logprob=-number)) + "\n")
    assert path.stat().st_size > 60_000_000
    code = (
        "import re, sys; from pathlib import Path\n"
        "from evaluator.problem_sets import load_benchmark\n"
        "from evaluator.sample_files import preview\n"
        "benchmark = load_benchmark('humaneval')\n"
        # not ru_maxrss: that one starts at the size of the process that started us
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = peak()\n"
        "shown = preview(Path(sys.argv[1]), benchmark, 'large.jsonl')\n"
        "print(shown.samples, shown.coverage.covered, shown.coverage.n_min, peak() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    samples, covered, n, grown_kib = map(int, done.stdout.split())
    assert (samples, covered, n) == (32_800, 164, 200)
    assert grown_kib < 16 * 1024


@pytest.mark.reference_data
def test_a_real_file_is_previewed(reference_data: Path) -> None:
    path = reference_data / "samples" / "codegen-16b-mono_T0.8_n100.jsonl.gz"
    shown = preview(path, HUMANEVAL, path.name)
    assert (shown.samples, shown.coverage.covered) == (16_400, 164)
    assert (shown.coverage.n_min, shown.coverage.n_max, shown.coverage.n_common) == (100, 100, 100)
    assert shown.usable
