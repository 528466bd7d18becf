"""A site as its API is seen from here: one request, one answer, tried again where that may help."""

from __future__ import annotations

import json
import ssl
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from evaluator.errors import InputError, SiteUnreachable, SubmissionRefused
from evaluator.submit.refusals import refusal_of, retry_after

API = "/api/v1"
MOST_ANSWER_BYTES = 32 << 20
_TIMEOUT_SECONDS = 120.0
_CONFLICT = 409
_WORTH_ANOTHER_TRY = (429, 502, 503, 504)
_LOCAL = ("localhost", "127.0.0.1", "::1")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by names in lower case. `document` is the JSON of the body, None where it has none."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `key`: an Idempotency-Key, so that asking twice does it once."""

    method: str
    path: str  # below /api/v1
    document: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


def new_key() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Patience:
    """How often in a row a question may get no answer, or "later" for one; pauses (seconds) double."""

    tries: int = 8
    first_pause: float = 1.0
    longest_pause: float = 30.0


USUAL_PATIENCE = Patience()


class Site:
    """`address`: "https://board.example.org". `tell` is given one line whenever it waits."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        ca_file: Path | None = None,
        tell: Tell = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        self.address = checked_address(address)
        self._token = token
        self._tell = tell
        self._patience = patience or USUAL_PATIENCE
        self._opener = _opener(ca_file)

    @property
    def is_open_text(self) -> bool:
        """Whether the token travels unencrypted over a network."""
        parts = urlsplit(self.address)
        return parts.scheme == "http" and parts.hostname not in _LOCAL

    def ask(self, question: Question) -> Answer:
        """The answer. Raises SubmissionRefused where the site says no, SiteUnreachable where none comes."""
        pause, left, again = self._patience.first_pause, self._patience.tries, False
        while True:
            left -= 1
            try:
                return self._once(question)
            except SiteUnreachable as error:
                if left <= 0 or not error.may_pass:
                    raise
                self._wait(str(error), pause if error.seconds is None else error.seconds)
                again = True
            except SubmissionRefused as error:
                if left <= 0 or not (again and question.key and error.status == _CONFLICT):
                    raise
                self._wait(str(error), pause)  # the first try, whose answer was lost, is still being done
            pause = min(2 * pause, self._patience.longest_pause)

    def _wait(self, why: str, seconds: float) -> None:
        self._tell(f"{why} Trying again in {seconds:.0f} s.")
        time.sleep(seconds)

    def _once(self, question: Question) -> Answer:
        request = self._request(question)
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
                return Answer(response.status, _named(response.headers), _document(response))
        except HTTPError as error:
            with error:
                raise self._said_no(error) from None
        except URLError as error:
            raise self._no_answer(error.reason) from None
        except (HTTPException, OSError) as error:
            raise self._no_answer(error) from None

    def _request(self, question: Question) -> Request:
        headers = {"Accept": "application/json", "User-Agent": "passboard-submit", **question.headers}
        headers["Authorization"] = f"Bearer {self._token}"
        body = question.body
        if question.document is not None:
            body = json.dumps(question.document).encode()
            headers["Content-Type"] = "application/json"
        if question.key:
            headers["Idempotency-Key"] = question.key
        url = f"{self.address}{API}{question.path}"
        return Request(url, data=body, headers=headers, method=question.method)

    def _said_no(self, error: HTTPError) -> SubmissionRefused | SiteUnreachable:
        headers = _named(error.headers)
        refused = refusal_of(self.address, error.code, headers, error.read(MOST_ANSWER_BYTES))
        if error.code in _WORTH_ANOTHER_TRY:
            return SiteUnreachable(str(refused), may_pass=True, seconds=retry_after(headers))
        if error.code >= 500:
            return SiteUnreachable(str(refused))
        return refused

    def _no_answer(self, reason: object) -> SiteUnreachable:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return SiteUnreachable(
                f"{self.address} shows a certificate that can't be trusted: {reason.verify_message}. "
                "If it is signed by your own authority, give that one's certificate by --ca-file."
            )
        if isinstance(reason, ssl.SSLError):
            why = reason.reason or reason
            return SiteUnreachable(f"No encrypted connection to {self.address}: {why}. Is it really https?")
        if isinstance(reason, ConnectionRefusedError):
            return SiteUnreachable(f"Nothing answers at {self.address}.", may_pass=True)
        why = str(reason) or type(reason).__name__
        return SiteUnreachable(f"The connection to {self.address} broke: {why}.", may_pass=True)


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is told and not followed: the token is for the address that was given."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _opener(ca_file: Path | None) -> OpenerDirector:
    try:
        context = ssl.create_default_context(cafile=ca_file and str(ca_file))
    except OSError as error:
        raise InputError(f"{ca_file}: holds no certificates that can be read: {error}") from error
    return build_opener(HTTPSHandler(context=context), _NoRedirects())


def checked_address(text: str) -> str:
    """The address without a slash at its end. Raises InputError for one that is none of a site."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username or not text.isprintable():
        raise InputError(f"--site: {text!r} is no address such as https://board.example.org")
    return text.rstrip("/").removesuffix(API)


def _named(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _document(response: Any) -> Any:
    data = response.read(MOST_ANSWER_BYTES + 1)
    if len(data) > MOST_ANSWER_BYTES:
        raise SiteUnreachable("The site's answer is longer than any answer of its API.")
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        raise SiteUnreachable(
            "The site answers, but not as Passboard's API does: is the address complete, without /api?"
        ) from None
