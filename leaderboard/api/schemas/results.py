"""What a run's problems, programs and samples came to."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from evaluator.records import Verdict
from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import AnyText, Bounded, Verdicts
from leaderboard.views.run_table import COLUMNS

_ORDER = f"^-?({'|'.join(column.key for column in COLUMNS)})$"
VerdictName = Literal[tuple(one.value for one in Verdict)]  # type: ignore[valid-type]


class ResultsQuery(Portion):
    q: str = Field("", max_length=200, description="part of the task id")
    verdict: VerdictName | None = Field(None, description="problems with such a sample")  # type: ignore[valid-type]
    unsolved: bool = False
    flagged: bool = False
    sort: str = Field("problem", pattern=_ORDER, description="a column; with - before it the largest first")


class ResultOut(BaseModel):
    """One problem of a run. `pass_rate` with Wilson's interval; null until it is scored."""

    task_id: str
    position: int
    scored: bool
    n: int
    c: int
    pass_rate: Bounded | None
    verdicts: Verdicts
    flagged: int
    expected_rate: float | None = Field(description="that other models' runs let expect")
    surprise: float | None = Field(description="how far off that is, in standard deviations")


class ResultPage(Page):
    items: list[ResultOut]


class Reason(BaseModel):
    """Why a program got its verdict. These texts come from untrusted programs: escape them."""

    message: AnyText
    call: AnyText | None
    actual: AnyText | None
    expected: AnyText | None
    exception: AnyText | None
    line: int | None
    traceback: list[AnyText]
    label: str


class FindingOut(BaseModel):
    """A security pattern. `asked_for`: the problem's reference solution has it, too."""

    rule: str
    cwe: int
    severity: str
    confidence: str
    line: int
    message: AnyText
    asked_for: bool


class SamplesQuery(Portion):
    problem: str = Field("", max_length=128, description="task id")
    verdict: VerdictName | None = Field(None, description="only samples with it")  # type: ignore[valid-type]
    code: bool = Field(True, description="false leaves the code out")


class SampleOut(BaseModel):
    """One sample. `program` is the number of its text within the problem: equal samples share it."""

    task_id: str
    line: int = Field(description="in the file that it came from")
    program: int
    verdict: str = Field(description="empty until it is judged")
    reason: Reason | None
    cpu_seconds: float | None
    rankers: dict[str, float]
    changes: list[AnyText] = Field(description="what was done to its text to make a program of it")
    findings: list[FindingOut]
    code: AnyText | None


class SamplePage(Page):
    items: list[SampleOut]


class ProgramOut(BaseModel):
    """A distinct program of a problem, and the lines of the file that it came from."""

    program: int
    code: AnyText
    lines: list[int]
    cpu_seconds: float | None
    findings: list[FindingOut]


class GroupOut(BaseModel):
    """Programs that behave alike: those that pass, or that fail in the same way. `behaviour` names it in
    all runs."""

    behaviour: str
    verdict: str
    reason: Reason | None
    samples: int
    programs: list[ProgramOut]


class ResultQuery(BaseModel):
    """Which of its programs; those that are not given keep all."""

    verdict: VerdictName | None = Field(None, description="only groups that end so")  # type: ignore[valid-type]
    rule: str = Field("", max_length=32, description="only programs that this security rule flags")
    q: str = Field("", max_length=200, description="words in the program's text")


class ResultDetail(BaseModel):
    """One problem of a run in groups: failures first, the largest group first."""

    task_id: str
    scored: bool
    n: int
    c: int
    verdicts: Verdicts
    groups: list[GroupOut]
    rules: dict[str, int] = Field(description="samples that each security rule flags, whatever is asked for")
    previous: str | None
    next: str | None
    previous_match: str | None = Field(
        description="the problem before with samples of this verdict or rule; with neither, that fail"
    )
    next_match: str | None


class DifferenceQuery(BaseModel):
    program: int = Field(ge=0, le=10**9, description="its number within the problem")
    against: str = Field("reference", pattern="^(reference|[0-9]{1,9})$", description="or another's number")


class PieceOut(BaseModel):
    """A stretch of a line: equal in both programs, changed, or folded away (`text` says how much)."""

    kind: Literal["same", "changed", "folded"]
    text: AnyText


class DifferenceLineOut(BaseModel):
    """A line of one or both programs, by their numbers from 1; 0 where a program has no such line."""

    kind: Literal["same", "removed", "added", "folded"]
    left: int
    right: int
    pieces: list[PieceOut]


class DifferenceOut(BaseModel):
    """What only the program has is removed, what only the other one has is added. No line where both are
    equal; at most 1,000."""

    task_id: str
    program: int
    against: str
    lines: list[DifferenceLineOut]
