"""The nouns of the field as frozen records. No behaviour beyond what identifies them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property


class Verdict(StrEnum):
    """What happened to a program. `EVALUATOR_ERROR` is our own fault and counts against no model."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    EXCEPTION = "exception"
    SYNTAX_ERROR = "syntax_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    EVALUATOR_ERROR = "evaluator_error"


def content_hash(*parts: str) -> str:
    """sha256 (hex) of the parts, unambiguous about where one ends and the next begins."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True)
class Problem:
    """One task of a benchmark. `test` defines `check(candidate)`; trusted, as the benchmark is."""

    task_id: str
    prompt: str
    entry_point: str
    test: str
    canonical_solution: str  # continues the prompt

    @cached_property
    def content_hash(self) -> str:
        return content_hash(self.task_id, self.prompt, self.entry_point, self.test, self.canonical_solution)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Stored with a run: verdicts are only comparable under equal limits.

    With `auto_factor`, each problem has a limit of its own: that many times the CPU time of its reference
    solution, at least `auto_floor` seconds and at most `cpu_seconds`.
    """

    cpu_seconds: float = 3.0
    auto_factor: float | None = None
    auto_floor: float = 0.1
    wall_factor: float = 10.0  # wall limit = cpu_seconds * wall_factor, for programs that sleep
    memory_bytes: int = 1 << 30  # address space on top of the warm interpreter's
    result_bytes: int = 4 << 20  # everything that a program sends back
    file_bytes: int = 16 << 20  # all files of one program together

    @classmethod
    def auto(cls) -> Limits:
        """Limits that follow the reference solutions: 50 times their CPU time."""
        return cls(auto_factor=50.0)

    @property
    def wall_seconds(self) -> float:
        return self.cpu_seconds * self.wall_factor

    def for_reference(self, cpu_seconds: float) -> Limits:
        """The limits of a problem whose reference solution needs this much CPU time."""
        if self.auto_factor is None:
            return self
        wanted = max(self.auto_floor, self.auto_factor * cpu_seconds)
        return replace(self, cpu_seconds=min(self.cpu_seconds, wanted))


@dataclass(frozen=True)
class Benchmark:
    """A versioned set of problems. Two benchmarks are the same when slug and version are."""

    slug: str  # "humaneval"
    name: str  # "HumanEval"
    description: str  # one sentence for the top of its leaderboard
    url: str  # where it was published
    problems: tuple[Problem, ...]
    packages: tuple[str, ...] = ()  # third-party packages its samples may import, e.g. ("numpy",)
    limits: Limits = Limits()  # what its programs need; no part of its identity

    @cached_property
    def version(self) -> str:
        """sha256 (hex) over the problems in their order."""
        return content_hash(*(problem.content_hash for problem in self.problems))

    @cached_property
    def by_task_id(self) -> Mapping[str, Problem]:
        return {problem.task_id: problem for problem in self.problems}


class TextKind(StrEnum):
    """How a sample's text becomes a program."""

    COMPLETION = "completion"  # continues the prompt
    SOLUTION = "solution"  # is the whole program


@dataclass(frozen=True, slots=True)
class Reported:
    """What a sample file says about its own sample: the verdict of another harness."""

    passed: bool
    text: str = ""  # in that harness's words: "timed out"; at most 200 characters, untrusted


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion of one problem, as read from a file.

    `rankers` are the record's other numeric fields (mean_logprob, score, …), used for reranking.
    `line` is the 1-based number of the record it came from: a line, or an element of a list, or a member of
    an archive. Samples of one record share it.
    """

    task_id: str
    text: str
    kind: TextKind
    line: int
    rankers: Mapping[str, float] = field(default_factory=dict)
    reported: Reported | None = None  # None where the file carries no verdict of it
    changes: tuple[str, ...] = ()  # what was done to its text to make a program of it


@dataclass(frozen=True, slots=True)
class CountRecord:
    """How many samples of a problem passed, from a file that holds counts and no code."""

    task_id: str
    n: int  # samples drawn, ≥ 1
    c: int  # samples passed, 0 … n
    line: int  # 1-based number of the record it came from
    model: str | None = None  # as the file calls it
    benchmark: str | None = None  # as the file calls it


@dataclass(frozen=True)
class Program:
    """What is really executed: a problem and a distinct source text."""

    task_id: str
    source: str
    problem_hash: str

    @cached_property
    def key(self) -> str:
        """Identity of the program: samples with equal keys are judged once."""
        return content_hash(self.problem_hash, self.source)


def program_of(problem: Problem, sample: Sample) -> Program:
    """The program that this sample of this problem stands for.

    White space at its end means nothing in Python, and is where equal completions differ most often
    (where sampling stopped): without it, they are one program.
    """
    source = sample.text if sample.kind is TextKind.SOLUTION else problem.prompt + sample.text
    return Program(problem.task_id, source.rstrip(" \t\r\n") + "\n", problem.content_hash)


@dataclass(frozen=True, slots=True)
class Detail:
    """Why a program got its verdict. Every text is bounded, and untrusted: escape it when shown."""

    message: str = ""  # one line: assertion or exception message, or the limit that was hit
    call: str | None = None  # "add(2, 3)"
    actual: str | None = None  # repr of what the program returned
    expected: str | None = None  # repr of the wanted value, or the text of the failed condition
    exception: str | None = None  # type name, "IndexError"
    line: int | None = None  # 1-based line of the program's source where it went wrong
    traceback: tuple[str, ...] = ()  # "line 12, in solve", outermost first, frames of the program only
    label: str = ""  # what weakens the verdict: "objects" where the program's own objects were asked


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its reason and its cost. Made by `evaluator.judge` and nowhere else."""

    verdict: Verdict
    detail: Detail
    cpu_seconds: float


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Finding:
    """A security pattern in a program."""

    rule: str  # "S608"
    cwe: int  # 89
    severity: Severity
    confidence: Severity
    line: int  # 1-based, in the program's source
    message: str
