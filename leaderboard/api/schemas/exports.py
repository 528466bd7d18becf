"""Files of the pages' tables: what their addresses ask, in the same words."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import RunId
from leaderboard.views.feature_choice import FEATURES

Text = Field("", max_length=200)


class FileQuery(BaseModel):
    """`format`: of every table."""

    format: Literal["csv", "json", "tex"] = "json"
    sort: str = Field("", max_length=40, description="a column; with - before it the largest first")
    q: str = Text


class BoardFileQuery(FileQuery):
    show: str = Field("", max_length=60, description="kinds, with commas between")
    k: str = Field("", max_length=60, description="as in 1,10,25")
    best: Literal["", "run", "temperature"] = ""


class ProblemsFileQuery(FileQuery):
    solved: Literal["", "always", "some", "alone", "never"] = ""
    suspects: Literal["", "1"] = ""
    show: Literal["", "measured"] = ""


class MatrixFileQuery(BaseModel):
    format: Literal["csv", "json", "tex"] = "json"
    q: str = Text
    show: Literal["", "different", "alone", "none"] = ""
    runs: Literal["", "measured"] = Field("", description="measured: no runs of demo models")


class FeaturesFileQuery(BaseModel):
    """`table`: the bins of a feature, or the trends of all."""

    format: Literal["csv", "json", "tex"] = "json"
    table: Literal["bins", "trends"] = "bins"
    by: Literal[("", *FEATURES)] = Field("", description="which feature of a problem")  # type: ignore[valid-type]
    run: list[RunId] = Field([], max_length=12, description="without it those that the page shows")
    sort: str = Field("", max_length=40, description="a column of the trends")


class SecurityFileQuery(BaseModel):
    """`table`: findings one by one, the rules, or (of a benchmark) the runs."""

    format: Literal["csv", "json", "tex", "sarif"] = "json"
    table: Literal["findings", "rules", "models"] = "findings"
    q: str = Text
    rule: str = Field("", max_length=32)
    cwe: str = Field("", pattern="^[0-9]{0,6}$")
    severity: Literal["", "low", "medium", "high"] = ""
    only: str = Field("", max_length=20, description="passing, asked or both")
    sort: str = Field("", max_length=40)
    run: str = Field("", pattern="^[0-9]{0,9}$")


class PlanFileQuery(BaseModel):
    """`table`: the grid of n and k, or what more samples of a run would bring."""

    format: Literal["csv", "json", "tex"] = "json"
    table: Literal["grid", "more"] = "grid"
    points: float = Field(5, ge=0.1, le=99)
    k: int = Field(1, ge=1, le=1000)
    power: Literal["80", "90", "95"] = "80"
    compare: Literal["paired", "unpaired"] = "paired"
    run: str = Field("", pattern="^[0-9]{0,9}$")


class ModelFileQuery(BaseModel):
    """`table`: its runs, its settings (temperature × k), or the best of them for each k."""

    format: Literal["csv", "json", "tex"] = "json"
    benchmark: str = Field(max_length=64, description="slug")
    table: Literal["runs", "settings", "best"] = "runs"
    sort: str = Field("", max_length=40)


class ResultsFileQuery(FileQuery):
    verdict: str = Field("", max_length=20)
    only: str = Field("", max_length=20, description="unsolved, flagged or both")


class ComparisonFileQuery(BaseModel):
    format: Literal["csv", "json", "tex"] = "json"
    run: list[RunId] = Field(min_length=2, max_length=6)
    table: Literal["problems", "pairs", "runs"] = "problems"
    k: str = Field("", pattern="^[0-9]{0,6}$")
    pair: str = Field("", max_length=40, description="as in 3-5")
    by: Literal["", "majority", "any", "rate"] = ""
    show: Literal["", "both", "first", "second", "neither"] = ""
    q: str = Text
    sort: str = Field("", max_length=40)
