"""Security findings, what reviewers said of them, and rules counted over runs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import AnyText, Bounded
from leaderboard.api.schemas.results import FindingOut
from leaderboard.models import FindingMark

Word = Literal[tuple(FindingMark.Word.values)]  # type: ignore[valid-type]


class RulesQuery(BaseModel):
    """Which findings count."""

    rule: str = Field("", max_length=32)
    cwe: int = Field(0, ge=0, le=10**6)
    severity: Literal["", "low", "medium", "high"] = ""
    passing: bool = Field(False, description="only of programs that pass")
    asked: bool = Field(False, description="also what the task itself asks for")


class FindingsQuery(RulesQuery, Portion):
    """A portion counts problems: each answers with all its flagged programs."""

    q: str = Field("", max_length=200, description="text in the program")


class MarkOut(BaseModel):
    word: str
    comment: str
    author: str | None
    at: datetime


class MarkedFinding(FindingOut):
    marks: list[MarkOut] = Field(description="the latest first, which stands")


class FlaggedProgramOut(BaseModel):
    """A distinct program with findings; `program` is its number within the problem."""

    run: int
    task_id: str
    program: int
    samples: int
    verdict: str
    code: AnyText
    findings: list[MarkedFinding]


class FindingPage(Page):
    """`count` is of problems, as `limit` and `offset` are."""

    items: list[FlaggedProgramOut]


class RuleOut(BaseModel):
    """A rule over the runs. `precision`: of its findings that somebody marked, those confirmed."""

    rule: str
    title: str
    why: str = Field(description="what is wrong with it")
    severity: str
    cwe: int | None
    asked_for: bool
    samples: int
    passed: int
    problems: int
    precision: Bounded | None
    marked: int


class RuleList(BaseModel):
    runs: int
    samples: int
    items: list[RuleOut]


class WeaknessOut(BaseModel):
    """A weakness of the CWE; a sample counts in `flags` once for each of its rules."""

    cwe: int
    title: str
    owasp: str = Field(description="its category there, empty for none")
    rules: list[str]
    flags: int
    passed: int


class WeaknessList(BaseModel):
    """The most frequent one first, without what the tasks ask for."""

    runs: int
    samples: int
    items: list[WeaknessOut]


class BenchmarkFindingsQuery(FindingsQuery):
    run: int | None = Field(None, ge=1, le=2**31, description="one of the benchmark's measured runs alone")


class RunSecurity(BaseModel):
    """`difference`: secure-pass@1 minus that of the most secure run, problem by problem on those that both
    have; null for that one."""

    run: int
    model: str
    temperature: float | None
    synthetic: bool
    samples: int
    pass_at_1: Bounded
    secure_pass_at_1: Bounded
    passed_flagged: Bounded
    flagged: Bounded
    difference: Bounded | None


class RunFlagsOut(BaseModel):
    """Samples of a run that a rule flags."""

    rule: str
    run: int
    samples: int


class BenchmarkSecurity(BaseModel):
    """`items`: the most secure run first. `outdated`: runs whose findings are of earlier rules."""

    items: list[RunSecurity]
    flags: list[RunFlagsOut] = Field(description="rule by run, where there are any")
    outdated: int


class MarkIn(BaseModel):
    """A reviewer's word on a finding. Nothing is overwritten: the latest mark stands."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(max_length=128)
    program: int = Field(ge=0, le=10**9)
    rule: str = Field(max_length=32)
    line: int = Field(ge=1, le=10**9)
    word: Word  # type: ignore[valid-type]
    comment: str = Field("", max_length=500)
