"""The exception tree of the site, drawn once. Views turn these into pages; services and queries raise them.

SiteError
├── Refused             the request can't be done as asked: the message says why and what to do (HTTP 4xx)
│   ├── UploadRefused   the file can't become a run; carries the lines that are wrong
│   │   └── TooLarge    it has more bytes than the site takes, or than were announced
│   ├── VerdictsMissing the file can't be imported as it is: it doesn't say what passed
│   ├── OffsetMismatch  bytes were sent for another place than where the upload stands
│   ├── UploadGone      the upload was removed, confirmed or swept meanwhile
│   ├── TooManyUploads  the user has as many unfinished uploads as one may have
│   ├── StorageFull     the disk has no room for it
│   ├── SiteBusy        other files are being read; the same request may do in a minute
│   ├── RunRefused      this run can't do that now (cancel when done, re-score a published row, …)
│   ├── SamplingRefused this sampling can't be asked for, or can't do that now
│   ├── TokenRefused    a token can't be made as it is asked for
│   └── SecretLost      a stored key can't be opened: the site's secret key was changed
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


class TooLarge(UploadRefused):
    """It has more bytes than the site takes, or than were announced."""


class VerdictsMissing(Refused):
    """The file can't be imported as it is: it doesn't say of every sample whether it passed."""


class OffsetMismatch(Refused):
    """Bytes were sent for another place than where the upload stands, which is `received`."""

    def __init__(self, received: int) -> None:
        super().__init__(f"This upload stands at byte {received:,}; send what follows from there.")
        self.received = received


class UploadGone(Refused):
    """The upload was removed, confirmed or swept meanwhile."""

    def __init__(self) -> None:
        super().__init__("This upload was confirmed or removed meanwhile; send the file again if need be.")


class TooManyUploads(Refused):
    """The user has as many unfinished uploads as one may have."""


class StorageFull(Refused):
    """The disk of the site has no room for it."""

    def __init__(self) -> None:
        super().__init__("The disk of this site is full: nothing was stored. Tell its operator.")


class SiteBusy(Refused):
    """Other files are being read; the same request may do in a minute."""

    def __init__(self) -> None:
        super().__init__("The site is reading other files just now. Try again in a minute.")


class RunRefused(Refused):
    """This run can't do that now."""


class SamplingRefused(Refused):
    """This sampling can't be asked for, or can't do that now. `field`: what of an order is at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TokenRefused(Refused):
    """A token can't be made as it is asked for. `field`: what is at fault, "scopes" or "expires_at"."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class SecretLost(Refused):
    """A stored key can't be opened: the site's secret key was changed without keeping the old one."""


class LeaseLost(SiteError):
    """Another worker holds this cell now."""
