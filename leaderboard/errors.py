"""The exception tree of the site, drawn once. Views turn these into pages; services and queries raise them.

SiteError
├── Refused             the request can't be done as asked: the message says why and what to do (HTTP 4xx)
│   ├── UploadRefused   the file can't become a run; carries the lines that are wrong
│   └── RunRefused      this run can't do that now (cancel when done, re-score a published row, …)
└── LeaseLost           another worker holds this cell now: write nothing, stop quietly
"""

from __future__ import annotations

from evaluator.sample_files import BadLine


class SiteError(Exception):
    """Root of everything that the site raises on purpose."""


class Refused(SiteError):
    """The request can't be done as asked."""


class UploadRefused(Refused):
    """The file can't become a run. `bad_lines` are the first ones, `bad_count` all of them."""

    def __init__(self, message: str, bad_lines: tuple[BadLine, ...] = (), bad_count: int = 0) -> None:
        super().__init__(message)
        self.bad_lines = bad_lines
        self.bad_count = bad_count


class RunRefused(Refused):
    """This run can't do that now."""


class LeaseLost(SiteError):
    """Another worker holds this cell now."""
