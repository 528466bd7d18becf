"""One's own account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.schemas.common import SECRET
from leaderboard.api.schemas.organisations import OrganisationOut

# Longer ones would only keep the hash function busy. Django's forms have no such bound.
Secret = Annotated[str, Field(min_length=1, max_length=4096, json_schema_extra=SECRET)]


class LimitOut(BaseModel):
    """`used` of `most`."""

    used: int
    most: int


class LimitsOut(BaseModel):
    """How much of what is counted the account has, and may have."""

    tokens: LimitOut = Field(description="that still open something")
    server_keys: LimitOut
    organisations: LimitOut = Field(description="that you own")
    uploads_waiting: LimitOut = Field(description="to be confirmed")
    uploads_unfinished: LimitOut = Field(description="of which bytes are missing")
    samplings: LimitOut = Field(description="that have not ended")
    requests_per_minute: int | None = Field(description="of each token, and of the session; null: any")
    upload_bytes: int = Field(description="of one file")


class AccountOut(BaseModel):
    """`organisations`: those that you belong to, and those that have invited you."""

    username: str
    email: str = Field(description="empty: none is kept")
    joined_at: datetime
    staff: bool
    organisations: list[OrganisationOut]
    limits: LimitsOut


class _WithPassword(BaseModel):
    """What is asked for again, as on the page: a token alone is not enough."""

    model_config = ConfigDict(extra="forbid")

    password: Secret = Field(description="of the account")


class MailIn(_WithPassword):
    """A mail address, or none."""

    email: str = Field(max_length=254, description="empty: none is kept")


class PasswordIn(_WithPassword):
    """The password that the account is to have."""

    new_password: Secret


class DeletionIn(_WithPassword):
    """The end of the account."""

    runs: str = Field(
        "", max_length=80, description="slug of an organisation that gets your runs; empty: they are deleted"
    )


class EndedOut(BaseModel):
    """How many sessions were ended."""

    ended: int
