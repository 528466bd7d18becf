"""`python -m evaluator`: what it prints, writes and answers to unusable input."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from evaluator.problem_sets import load_benchmark

pytestmark = pytest.mark.sandbox
PROJECT = Path(__file__).resolve().parents[2]


def _evaluator(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evaluator", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)


def _write(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    right = load_benchmark("humaneval").by_task_id["HumanEval/53"].canonical_solution
    return _write(
        tmp_path / "samples.jsonl",
        [
            {"task_id": "HumanEval/53", "completion": right, "mean_logprob": -0.1},
            {"task_id": "HumanEval/53", "completion": "    return x - y\n"},
            {"task_id": "HumanEval/53", "completion": "    return x +\n"},
            {"task_id": "HumanEval/53", "completion": "    while True: pass\n"},
        ],
    )


def test_score_prints_one_json_object(samples: Path) -> None:
    done = _evaluator("score", samples, "--json", "--k", "1,2,10", "--cpu-limit", "0.5", "--workers", 1)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {key: document[key] for key in ("benchmark", "problems", "samples", "programs")} == {
        "benchmark": "humaneval",
        "problems": 1,
        "samples": 4,
        "programs": 4,
    }
    assert document["pass@1"] == 0.25
    assert document["pass@2"] == 0.5
    assert "pass@10" not in document
    assert document["verdicts"] == {"passed": 1, "wrong_answer": 1, "syntax_error": 1, "timeout": 1}
    assert document["seconds"] > 0
    assert done.stderr == ""


def test_results_repeat_the_input_in_order_with_reasons(samples: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    assert _evaluator("score", samples, "--out", out, "--cpu-limit", "0.5").returncode == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    given = [json.loads(line) for line in samples.read_text().splitlines()]
    assert [{key: row[key] for key in record} for row, record in zip(rows, given, strict=True)] == given
    assert [row["passed"] for row in rows] == [True, False, False, False]
    assert [row["result"][:7] for row in rows] == ["passed", "failed:", "failed:", "timed o"]
    wrong, broken, endless = (row["detail"] for row in rows[1:])
    assert wrong["call"].startswith("add(")
    assert wrong["actual"] != wrong["expected"]
    assert broken["line"] is not None
    assert broken["exception"] == "SyntaxError"
    assert endless["message"].startswith("never ends")


def test_answers_are_made_into_programs_and_counted_unless_taken_as_they_are(tmp_path: Path) -> None:
    text = "Sure:\n```python\ndef add(x, y):\n    return x + y\n```"
    path = _write(tmp_path / "chat.jsonl", [{"task_id": "HumanEval/53", "completion": text}])
    done = _evaluator("score", path, "--k", 1)
    assert "1 chat answers were made into programs (Markdown fence removed: 1)" in done.stdout
    out = tmp_path / "results.jsonl"
    document = json.loads(_evaluator("score", path, "--json", "--out", out).stdout)
    assert (document["pass@1"], document["changes"]) == (1.0, {"Markdown fence removed": 1})
    assert json.loads(out.read_text())["changes"] == ["Markdown fence removed"]
    as_it_is = json.loads(_evaluator("score", path, "--json", "--as-is").stdout)
    assert (as_it_is["pass@1"], as_it_is["changes"]) == (0.0, {})


def test_a_results_file_of_another_harness_is_compared_and_written_as_lines(tmp_path: Path) -> None:
    right = {"solution": "def add(x, y):\n    return x + y\n", "base_status": "pass", "plus_status": "fail"}
    wrong = {"solution": "def add(x, y):\n    return x - y\n", "base_status": "pass", "plus_status": None}
    path, out = tmp_path / "results.json", tmp_path / "out.jsonl"
    path.write_text(json.dumps({"hash": "0", "eval": {"HumanEval/53": [right, wrong]}}, indent=1))
    done = _evaluator("score", path, "--k", 1, "--out", out)
    assert "The file's own verdicts: 2 of 2 passed (100.00%); 1 differ from those above" in done.stdout
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["solution"], row["passed"]) for row in rows] == [
        (right["solution"], True),
        (wrong["solution"], False),
    ]
    assert _evaluator("rerun", out).stdout.endswith(": 0 flips\n")


def test_a_format_can_be_named_and_files_without_ids_placed(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    path.write_text(json.dumps([["def add(x, y):\n    return x + y\n"]]))
    done = _evaluator("score", path, "--json", "--start", 53)
    assert json.loads(done.stdout)["pass@1"] == 1.0
    done = _evaluator("score", path, "--format", "human-eval")
    assert done.returncode == 2
    assert "element 1: a JSON object was expected, not an array" in done.stderr


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"task_id": "HumanEval/53", "completion": 5}, ":2: completion:"),
        ({"task_id": "HumanEval/999", "completion": ""}, ":2: task_id:"),
        ({"completion": ""}, ":2: task_id:"),
    ],
)
def test_unusable_lines_end_with_code_2_naming_file_line_and_field(
    tmp_path: Path, record: dict[str, object], named: str
) -> None:
    good: dict[str, object] = {"task_id": "HumanEval/53", "completion": ""}
    path = _write(tmp_path / "bad.jsonl", [good, record])
    done = _evaluator("score", path, "--json")
    assert done.returncode == 2
    assert f"{path}{named}" in done.stderr
    assert done.stdout == ""


def test_a_missing_file_and_a_missing_folder_end_with_code_2(samples: Path, tmp_path: Path) -> None:
    assert _evaluator("score", tmp_path / "none.jsonl").returncode == 2
    done = _evaluator("score", samples, "--out", tmp_path / "no" / "results.jsonl")
    assert done.returncode == 2
    assert "folder does not exist" in done.stderr


def test_problems_of_ones_own_are_scored(tmp_path: Path) -> None:
    problem = {
        "task_id": "Own/1",
        "prompt": "def double(x):\n",
        "entry_point": "double",
        "canonical_solution": "    return 2 * x\n",
        "test": "def check(candidate):\n    assert candidate(4) == 8\n",
    }
    problems = _write(tmp_path / "problems.jsonl", [problem])
    samples = _write(tmp_path / "samples.jsonl", [{"task_id": "Own/1", "completion": "    return x + x\n"}])
    done = _evaluator("score", samples, "--problems", problems, "--json")
    assert json.loads(done.stdout)["pass@1"] == 1.0


def test_rerun_reports_exactly_the_verdicts_that_flipped(samples: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    assert _evaluator("score", samples, "--out", out, "--cpu-limit", "0.5").returncode == 0
    same = _evaluator("rerun", out, "--cpu-limit", "0.5")
    assert same.returncode == 0
    assert same.stdout.endswith(": 0 flips\n")
    out.write_text(out.read_text().replace('"verdict": "wrong_answer"', '"verdict": "passed"'))
    flipped = _evaluator("rerun", out, "--cpu-limit", "0.5")
    assert flipped.returncode == 1
    assert f"{out}:2: HumanEval/53: passed → wrong_answer" in flipped.stdout
    assert flipped.stdout.endswith(": 1 flips\n")


def test_rerun_refuses_a_file_without_verdicts(samples: Path) -> None:
    done = _evaluator("rerun", samples)
    assert done.returncode == 2
    assert f"{samples}:1: verdict:" in done.stderr


def test_doctor_names_the_tier() -> None:
    done = _evaluator("doctor")
    assert done.returncode == 0
    assert done.stdout.startswith("Tier ")


@pytest.mark.reference_data
def test_real_samples_get_the_verdicts_of_the_published_harness(reference_data: Path, tmp_path: Path) -> None:
    """Every 8th sample of a real file. Endless loops are cut at 0.5 s; what passes needs 0.02 s at most."""
    name = "codegen-16b-mono_T0.8_n100"
    with gzip.open(reference_data / f"samples/{name}.jsonl.gz") as file:
        lines = list(file)
    with gzip.open(reference_data / f"samples/{name}.verdicts.json.gz") as file:
        published = json.load(file)
    expected, place = [], Counter[str]()
    for line in lines:
        task_id = json.loads(line)["task_id"]
        expected.append(published[task_id][place[task_id]] == "passed")
        place[task_id] += 1
    part, out = tmp_path / "part.jsonl", tmp_path / "results.jsonl"
    part.write_bytes(b"".join(lines[::8]))
    assert _evaluator("score", part, "--out", out, "--cpu-limit", "0.5").returncode == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    differ = [row["task_id"] for row, want in zip(rows, expected[::8], strict=True) if row["passed"] != want]
    assert differ == []
