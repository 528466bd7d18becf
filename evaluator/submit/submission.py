"""From a file to a scored run: sent, looked at, confirmed, followed. What was done is not done twice."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from evaluator.errors import InputError, SubmissionRefused
from evaluator.submit.calls import CONFLICT, GONE, Calls, Document
from evaluator.submit.memory import Begun, Memory

PART_BYTES = 4 << 20
_ENDED = ("done", "cancelled")
_LOOK_SECONDS, _LONGEST_LOOK = 0.5, 5.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file and what is said of it. `setting`: of the run; `options`: how the file is to be read."""

    path: Path
    file_name: str
    benchmark: str
    setting: Mapping[str, Any]
    options: Mapping[str, Any]


class Submission:
    """One parcel on its way to one site. Methods raise SubmissionRefused and SiteUnreachable."""

    def __init__(self, calls: Calls, parcel: Parcel, address: str) -> None:
        self._calls = calls
        self.parcel = parcel
        self.size, self.sha256 = _measured(parcel.path)
        said = repr((sorted(parcel.setting.items()), sorted(parcel.options.items())))
        self._memory = Memory(address, parcel.benchmark, self.sha256, said)
        known = self._memory.recall()
        self.resumed = known is not None and bool(known.upload or known.run)
        self._begun = known or Begun.anew()

    @property
    def run(self) -> str:
        """The run's number once it is confirmed, "" before."""
        return self._begun.run

    def send(self, progress: Progress) -> Document:
        """All bytes that the site doesn't have yet; the upload with its preview."""
        upload = self._standing() or self._begin()
        name, received = str(upload["id"]), int(upload["received"])
        with self.parcel.path.open("rb") as file:
            while received < self.size:
                progress(received, self.size)
                received = self._next(name, file, received)
        progress(self.size, self.size)
        try:
            told = self._tell_reading(name)  # first: as it is guessed, the site might refuse the file
            found = self._calls.complete(name)
            return found if told else self._calls.read_as(name, self.parcel.options)
        except SubmissionRefused:
            self._memory.forget()  # no run can come of it: the site has removed it
            raise

    def confirm(self, setting: Mapping[str, Any]) -> Document:
        """The run. Its number is remembered, so that it is followed, and not made again, next time."""
        begun = self._begun
        run = self._calls.confirm(begun.upload, setting, begun.confirm_key)
        self._keep(replace(begun, run=str(run["id"])))
        return run

    def discard(self) -> None:
        """Takes the upload away from the site."""
        self._calls.discard(self._begun.upload)
        self._memory.forget()

    def follow(self, progress: Progress, tell_unseen: Callable[[], None]) -> Document:
        """Waits until the run is scored or cancelled; the run. `tell_unseen`: no worker is there."""
        pause, told = _LOOK_SECONDS, False
        while True:
            seen = self._calls.progress(self.run)
            if seen["status"] in _ENDED:
                break
            progress(int(seen["judged"]), int(seen["samples"]))
            if not seen["worker_seen"] and not told and pause == _LONGEST_LOOK:
                tell_unseen()
                told = True
            time.sleep(pause)
            pause = min(1.5 * pause, _LONGEST_LOOK)
        self._memory.forget()
        return self._calls.run(self.run)

    def recover(self) -> None:
        """Asks the site what became of what was begun: its upload may be a run whose number got lost."""
        begun = self._begun
        try:
            if begun.run:
                self._calls.progress(begun.run)
            elif begun.upload and self._calls.upload(begun.upload) is None:
                # The answer to a key that was used is given again, although the upload is gone.
                self.confirm(self.parcel.setting)
        except SubmissionRefused as error:
            if error.status != GONE:
                raise
            self.resumed, self._begun = False, Begun.anew()

    def _tell_reading(self, upload: str) -> bool:
        """Whether the site knows how the file is to be read; one that wants all of it first does not yet."""
        if not self.parcel.options:
            return True
        try:
            self._calls.read_as(upload, self.parcel.options)
        except SubmissionRefused as error:
            if error.status != CONFLICT:
                raise
            return False
        return True

    def _standing(self) -> Document | None:
        """The upload that was begun before."""
        return self._calls.upload(self._begun.upload) if self._begun.upload else None

    def _begin(self) -> Document:
        self._keep(self._begun)  # the key first: an answer that is lost leaves no second upload
        wanted = {"benchmark": self.parcel.benchmark, "file_name": self.parcel.file_name}
        upload = self._calls.begin(wanted | {"size": self.size, "sha256": self.sha256}, self._begun.begin_key)
        self._keep(replace(self._begun, upload=str(upload["id"])))
        return upload

    def _next(self, name: str, file: IO[bytes], received: int) -> int:
        """Sends the next part; where the site stands then."""
        file.seek(received)
        piece = file.read(PART_BYTES)
        if not piece:
            raise InputError(f"{self.parcel.path}: changed while it was sent")
        try:
            return self._calls.append(name, received, piece)
        except SubmissionRefused as error:
            if error.status != CONFLICT:
                raise
            found = self._calls.upload(name)  # a part came, and its answer was lost
            if found is None or int(found["received"]) == received:
                raise
            return int(found["received"])

    def _keep(self, begun: Begun) -> None:
        self._begun = begun
        self._memory.keep(begun)


def _measured(path: Path) -> tuple[int, str]:
    """Size and sha256 (hex). Raises InputError."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}") from error
    if not size:
        raise InputError(f"{path}: is empty")
    return size, digest
