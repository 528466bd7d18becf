"""`python -m evaluator scan`: what it prints for files, folders and samples, and what it refuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evaluator.cli import main
from evaluator.problem_sets import load_benchmark
from evaluator.security import scratch

SHELL = "import os\n\ndef ping(host):\n    os.system('ping ' + host)  # nosec\n"
CLEAN = "def add(a, b):\n    return a + b\n"


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of these tests lie where no other scan of this machine puts its own."""
    monkeypatch.setattr(scratch, "_TMPFS", tmp_path)


def scanned(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["scan", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_a_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ping.py"
    file.write_text(SHELL)
    (finding,) = json.loads(scanned(capsys, file, "--json"))
    message = finding.pop("message")
    assert "shell" in message
    assert finding == {
        "path": str(file),
        "line": 4,
        "rule": "PB111",
        "cwe": 78,
        "severity": "high",
        "confidence": "high",
    }


def test_a_folder_in_the_order_of_its_paths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b").mkdir()
    for name, text in {"b/two.py": SHELL, "a.py": SHELL, "clean.py": CLEAN, "notes.txt": SHELL}.items():
        (tmp_path / name).write_text(text)
    paths = [finding["path"] for finding in json.loads(scanned(capsys, tmp_path, "--json"))]
    assert paths == [str(tmp_path / "a.py"), str(tmp_path / "b" / "two.py")]


def test_samples_are_joined_with_their_prompts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "samples.jsonl.gz"
    records = [
        {"task_id": "HumanEval/53", "completion": "    return x + y\n"},
        {"task_id": "HumanEval/53", "completion": "    return eval(f'{x}+{y}')\n"},
        {"task_id": "HumanEval/0", "completion": "    return eval(numbers\n"},
    ]
    with gzip.open(file, "wt") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)
    found = json.loads(scanned(capsys, file, "--json"))
    assert [(one["path"], one["rule"]) for one in found] == [
        ("HumanEval/53#1", "PB121"),
        ("HumanEval/0#0", "PB121"),
    ]
    prompt = load_benchmark("humaneval").by_task_id["HumanEval/53"].prompt
    assert found[0]["line"] == prompt.count("\n") + 1


def test_samples_of_an_unknown_benchmark_stand_by_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "samples.jsonl"
    file.write_text(json.dumps({"task_id": "Mine/1", "solution": SHELL}) + "\n")
    (finding,) = json.loads(scanned(capsys, file, "--json"))
    assert (finding["path"], finding["line"]) == ("Mine/1#0", 4)


def test_a_sarif_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ping.py").write_text(SHELL)
    log = json.loads(scanned(capsys, tmp_path, "--sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "PB111"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 4


def test_text_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ping.py").write_text(SHELL.replace("nosec", "\x1b[31m"))
    text = scanned(capsys, tmp_path)
    assert "ping.py:4: high PB111 CWE-78: " in text
    assert "1 findings in 1 of 1 scanned" in text
    assert "\x1b" not in text


def test_nothing_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clean.py").write_text(CLEAN)
    assert json.loads(scanned(capsys, tmp_path, "--json")) == []
    assert "0 findings in 0 of 1 scanned" in scanned(capsys, tmp_path)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\neval(y)\n", 3),
        (b"# -*- coding: no-such-thing -*-\neval(y)\n", 2),
        (b"\xef\xbb\xbfeval(y)\n", 1),
        (b"x = '\xff\xfe'\neval(y)\n", 2),
        (b"x = 1\r\neval(y)\r\n", 2),
    ],
    ids=["latin-1", "unknown encoding", "byte order mark", "not UTF-8", "carriage returns"],
)
def test_odd_encodings(data: bytes, line: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    (finding,) = json.loads(scanned(capsys, tmp_path, "--json"))
    assert (finding["rule"], finding["line"]) == ("PB121", line)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("missing.py", None, "does not exist"),
        ("empty", None, "holds no Python file"),
        ("samples.jsonl", "{broken\n", "no sample file that is known"),
        ("none.jsonl", "", "none.jsonl"),
    ],
)
def test_what_cannot_be_scanned_is_refused(
    name: str, content: str | None, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    elif name == "empty":
        path.mkdir()
    assert main(["scan", str(path)]) == 2
    assert complaint in capsys.readouterr().err
