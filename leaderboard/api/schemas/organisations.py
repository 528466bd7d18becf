"""Organisations: accounts that share runs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.models import Membership

Role = Literal[tuple(Membership.Role.values)]  # type: ignore[valid-type]


class OrganisationOut(BaseModel):
    """`invitation`: the id to accept, where you were invited and are no member yet."""

    slug: str
    name: str
    role: str
    members: int
    runs: int
    invitation: int | None


class OrganisationList(BaseModel):
    items: list[OrganisationOut]


class MemberOut(BaseModel):
    """`accepted_at` null: invited, and not a member yet."""

    id: int
    username: str
    role: str
    invited_at: datetime
    accepted_at: datetime | None


class OrganisationDetail(BaseModel):
    slug: str
    name: str
    may_manage: bool
    members: list[MemberOut]
    runs: list[int]


class OrganisationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)


class InviteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=150)
    role: Role = "member"  # type: ignore[valid-type]


class RoleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role  # type: ignore[valid-type]
