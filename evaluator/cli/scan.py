"""`python -m evaluator scan PATH`: insecure patterns in Python files, folders and sample files."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.cli.options import add_problem_options
from evaluator.errors import SampleFileError
from evaluator.problem_sets import LOADERS, load_benchmark
from evaluator.records import Finding, Problem, Sample, Severity, program_of
from evaluator.sample_files import BadLine, read_samples
from evaluator.security.python_files import python_files
from evaluator.security.rules import RULES
from evaluator.security.sarif import Located, sarif_log
from evaluator.security.scan import scan_with_outcomes
from evaluator.security.version import rules_version

_ORDER = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
_CODE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class _Text:
    """Something to scan: a file, or a sample's program under `task_id#index`."""

    path: str
    source: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Report:
    texts: Sequence[_Text]
    found: Sequence[tuple[_Text, Finding]]
    how: Counter[str]
    left_out: Sequence[tuple[str, str]]  # path and why


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="FILE|FOLDER|SAMPLES", help="*.py, a folder of them, or a sample file"
    )
    add_problem_options(parser)
    parser.set_defaults(benchmark=None)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    form.add_argument("--sarif", action="store_true", help="print a SARIF 2.1.0 log")


def run(arguments: argparse.Namespace) -> int:
    """Scan and print. Findings are a result and no failure: the exit code is 0 with and without them."""
    path: Path = arguments.path
    if path.is_dir() or path.suffix in (".py", ".pyi", ".pyw") or not path.exists():
        texts = [_Text(file.path, file.source, file.why) for file in python_files(path)]
    else:
        texts = _programs(path, arguments)
    report = _scanned(texts)
    if arguments.json:
        print(json.dumps([_record(text, finding) for text, finding in report.found]))
    elif arguments.sarif:
        located = [Located(text.path, finding, _line(text, finding)) for text, finding in report.found]
        print(json.dumps(sarif_log(located, rules_version())))
    else:
        print(_plain(report))
    if arguments.json or arguments.sarif:
        for place, why in report.left_out:
            print(f"{place}: not scanned: {why}", file=sys.stderr)
    return 0


def _programs(path: Path, arguments: argparse.Namespace) -> list[_Text]:
    """Each sample's program, made as for scoring it."""
    samples: list[Sample] = []
    for sample in read_samples(path):
        if isinstance(sample, BadLine):
            raise SampleFileError(f"{path}:{sample}")
        samples.append(sample)
    if not samples:
        raise SampleFileError(f"{path}: holds no samples")
    problems = _problems(arguments, samples[0].task_id)
    texts: list[_Text] = []
    indices: Counter[str] = Counter()
    for sample in samples:
        problem = problems.get(sample.task_id)
        source = sample.text if problem is None else program_of(problem, sample).source
        texts.append(_Text(f"{sample.task_id}#{indices[sample.task_id]}", source))
        indices[sample.task_id] += 1
    return texts


def _problems(arguments: argparse.Namespace, task_id: str) -> Mapping[str, Problem]:
    """The problems by task id: of the benchmark that was named, else of the built-in one that has this one.

    None where no built-in benchmark has it: its samples are scanned as they stand.
    """
    if arguments.benchmark or arguments.problems:
        named = arguments.benchmark or "humaneval"
        return load_benchmark(named, arguments.problems, arguments.tests).by_task_id
    for slug in LOADERS:
        problems = load_benchmark(slug).by_task_id
        if task_id in problems:
            return problems
    return {}


def _scanned(texts: Sequence[_Text]) -> _Report:
    readable = [text for text in texts if text.source is not None]
    readings = scan_with_outcomes([text.source or "" for text in readable])
    found = [
        (text, finding)
        for text, reading in zip(readable, readings, strict=True)
        for finding in reading.findings
    ]
    left_out = [(text.path, text.why) for text in texts if text.source is None]
    left_out += [(t.path, r.why) for t, r in zip(readable, readings, strict=True) if r.how == "not scannable"]
    return _Report(texts, found, Counter(reading.how for reading in readings), left_out)


def _record(text: _Text, finding: Finding) -> dict[str, Any]:
    return {
        "path": text.path,
        "line": finding.line,
        "rule": finding.rule,
        "cwe": finding.cwe,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
    }


def _line(text: _Text, finding: Finding) -> str:
    """The line that the finding speaks of, printable and bounded."""
    lines = (text.source or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    code = lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
    return "".join(c if c.isprintable() else " " for c in code.strip()[:_CODE_CHARACTERS])


def _plain(report: _Report) -> str:
    lines = []
    for text, finding in report.found:
        place = f"{text.path}:{finding.line}: {finding.severity.value} {finding.rule} CWE-{finding.cwe}"
        lines += [f"{place}: {finding.message}", f"    {_line(text, finding)}"]
    lines += [f"{path}: not scanned: {why}" for path, why in report.left_out]
    if lines:
        lines.append("")
    by_rule = Counter((finding.severity, finding.rule) for _, finding in report.found)
    for (severity, rule), count in sorted(by_rule.items(), key=lambda item: (_ORDER[item[0][0]], -item[1])):
        title = RULES[rule].title if rule in RULES else rule
        lines.append(f"{count:>7,}  {severity.value:<7} {rule:<6} {title}")
    flagged = len({text.path for text, _ in report.found})
    lines.append(
        f"{len(report.found):,} findings in {flagged:,} of {len(report.texts):,} scanned. "
        f"{report.how['line by line']:,} that a rule may speak of are no valid Python: read line by line."
    )
    return "\n".join(lines)
