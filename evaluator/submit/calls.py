"""The operations of the API that a submission needs, by name: the only place that knows their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.errors import SiteUnreachable, SubmissionRefused
from evaluator.submit.site import Question, Site

Document = dict[str, Any]
GONE, CONFLICT = 404, 409


class Calls:
    """One site's uploads and runs. Every method raises SubmissionRefused and SiteUnreachable."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def begin(self, wanted: Mapping[str, Any], key: str) -> Document:
        """A new upload of `benchmark`, `file_name`, `size` and `sha256`."""
        return self._document(Question("POST", "/uploads/parts", dict(wanted), key=key))

    def upload(self, upload: str) -> Document | None:
        """Where an upload stands; None where the site has it no more."""
        try:
            return self._document(Question("GET", f"/uploads/{upload}"))
        except SubmissionRefused as error:
            if error.status == GONE:
                return None
            raise

    def append(self, upload: str, offset: int, piece: bytes) -> int:
        """How many bytes have come now. Status 409 where the upload stands elsewhere than at `offset`."""
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/uploads/{upload}?offset={offset}"
        return int(self._document(Question("PATCH", path, body=piece, headers=headers))["received"])

    def complete(self, upload: str) -> Document:
        """The upload with its preview."""
        return self._document(Question("POST", f"/uploads/{upload}/complete"))

    def read_as(self, upload: str, options: Mapping[str, Any]) -> Document:
        """The upload with its preview, read as the options say."""
        return self._document(Question("PUT", f"/uploads/{upload}/reading", dict(options)))

    def confirm(self, upload: str, setting: Mapping[str, Any], key: str) -> Document:
        """The run of an upload, which is used up by it."""
        return self._document(Question("POST", f"/uploads/{upload}/confirm", dict(setting), key=key))

    def discard(self, upload: str) -> None:
        self._site.ask(Question("DELETE", f"/uploads/{upload}"))

    def run(self, run: str) -> Document:
        return self._document(Question("GET", f"/runs/{run}"))

    def progress(self, run: str) -> Document:
        return self._document(Question("GET", f"/runs/{run}/progress"))

    def _document(self, question: Question) -> Document:
        found = self._site.ask(question).document
        if not isinstance(found, dict):
            raise SiteUnreachable("The site's answer is not what its API promises: are the versions equal?")
        return found
