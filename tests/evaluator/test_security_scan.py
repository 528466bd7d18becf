"""The scan: order, equal sources, silencing comments, odd and hostile sources."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from evaluator.security import MAX_FINDINGS, ruff_engine, ruff_process, scan, scratch

EVAL = "def f(x):\n    return eval(x)\n"
MD5 = "import hashlib\ndef f(x):\n    return hashlib.md5(x)\n"
LISTEN = "import logging.config\nlogging.config.listen(9999)\n"
CLEAN = "def f(x):\n    return x + 1\n"
REFERENCE_DATA = Path(
    os.environ.get("PASSBOARD_REFERENCE_DATA", Path(__file__).parents[3] / "shared" / "data")
)


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of these tests lie where no other scan of this machine puts its own."""
    monkeypatch.setattr(scratch, "_TMPFS", tmp_path)
    return tmp_path


def rules_of(*sources: str) -> list[list[str]]:
    return [[finding.rule for finding in findings] for findings in scan(sources)]


def test_findings_come_in_the_order_of_the_sources() -> None:
    assert rules_of(CLEAN, MD5, EVAL, CLEAN, MD5) == [[], ["PB301"], ["PB121"], [], ["PB301"]]


def test_equal_sources_are_scanned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    run = ruff_process.run_ruff
    monkeypatch.setattr(ruff_engine, "run_ruff", lambda b, r: batches.append(len(b)) or run(b, r))
    assert rules_of(*[LISTEN] * 50, *[CLEAN] * 50) == [["S612"]] * 50 + [[]] * 50
    assert batches == [2]  # the probe goes with it


def test_no_sources_have_no_findings() -> None:
    assert scan([]) == []


def test_batches_for_ruff_join_seamlessly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff_engine, "_BATCH_FILES", 3)
    sources = [f"{LISTEN}{i}\n" if i % 3 else f"a.listen({i})\n" for i in range(10)]
    assert rules_of(*sources) == [["S612"] if i % 3 else [] for i in range(10)]


def test_a_batch_for_ruff_is_bounded_in_characters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff_engine, "_BATCH_CHARACTERS", 100)
    sources = ["#" * 500 + "\n" + LISTEN, LISTEN + "1\n", "#" * 99, LISTEN]
    assert rules_of(*sources) == [["S612"], ["S612"], [], ["S612"]]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_finding_names_the_line_as_the_compiler_counts(ending: str) -> None:
    (finding,) = scan([ending.join(["", "x = 1", "y = eval(z)"])])[0]
    assert finding.line == 3


def test_the_same_thing_twice_in_a_line_is_one_finding() -> None:
    assert rules_of("eval(a) * eval(b)\neval(c)\n") == [["PB121", "PB121"]]


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)  # noqa\n",
        "eval(x)  # noqa: S307\n",
        "eval(x)  # nosec\n",
        "# ruff: noqa\neval(x)\n",
        "# flake8: noqa\neval(x)\n",
        "eval(x)  # ruff: ignore[S307]\n",
        "# ruff: disable[S307]\neval(x)\n# ruff: enable[S307]\n",
        "# ruff: file-ignore[S307]\neval(x)\n",
        '# /// script\n# [tool.ruff.lint]\n# ignore = ["PB121"]\n# ///\neval(x)\n',
        "# @generated\n# fmt: off\neval(x)\n",
    ],
)
def test_comments_count_for_nothing(source: str) -> None:
    assert rules_of(source) == [["PB121"]]


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)\nreturn 1\n",
        'eval(f"{x["a"]}")\n',
        "type X = int\neval(x)\n",
        'eval("\0" + x)\n',
        "\ufeffeval(x)\n",
    ],
    ids=["return outside a function", "newer f-string", "newer statement", "NUL in a string", "BOM"],
)
def test_odd_sources_that_parse_are_read(source: str) -> None:
    assert rules_of(source) == [["PB121"]]


def test_a_lone_surrogate_hides_nothing() -> None:
    assert rules_of("x = '\ud800'\neval(y)\n") == [["PB121"]]


@pytest.mark.parametrize("hostile", ["[" * 50_000, "x = f" + "()" * 100_000], ids=["brackets", "calls"])
def test_a_source_that_kills_ruff_loses_no_finding_of_the_others(hostile: str) -> None:
    assert rules_of(LISTEN, MD5, f"{hostile}#a.listen(", EVAL) == [["S612"], ["PB301"], [], ["PB121"]]


def test_lines_of_megabytes_are_read() -> None:
    (findings,) = scan([f"text = '{'a' * 2_000_000}'; eval(x)\n"])
    assert [finding.rule for finding in findings] == ["PB121"]


def test_a_flood_of_findings_is_bounded() -> None:
    assert rules_of("eval(x)\n" * 3_000, EVAL) == [["PB121"] * MAX_FINDINGS, ["PB121"]]


def test_a_message_is_one_printable_line() -> None:
    (finding,) = scan(["x = {'\\n\\x1b[31m_password': 'hunter2-hunter2'}\n"])[0]
    assert finding.message.isprintable()


@pytest.mark.parametrize("command", ["ls -l", "uptime"])
def test_a_constant_shell_command_is_no_finding(command: str) -> None:
    assert rules_of(f"import os\nos.system('{command}')\n") == [[]]


@pytest.mark.reference_data
def test_real_samples_have_the_known_findings() -> None:
    path = REFERENCE_DATA / "samples" / "codegen-16b-mono_T0.8_n100.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there; set PASSBOARD_REFERENCE_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    sources = [f"def f(x):\n    pass\n{record['completion']}" for record in records]
    counts = Counter(finding.rule for findings in scan(sources) for finding in findings)
    assert counts["PB121"] > 10
