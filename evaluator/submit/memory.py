"""What was begun and is not finished, so that the same command goes on where it stopped.

One small file per submission in $XDG_STATE_HOME/passboard (by default ~/.local/state/passboard). It holds no
token and nothing of the samples.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from evaluator.submit.site import new_key


@dataclass(frozen=True, slots=True)
class Begun:
    """How far a submission came. `upload` and `run` are "" until the site has named them.

    The keys make a request that is sent twice be done once.
    """

    begin_key: str
    confirm_key: str
    upload: str = ""
    run: str = ""

    @classmethod
    def anew(cls) -> Begun:
        return cls(new_key(), new_key())


class Memory:
    """The place of one submission: equal `parts` (site, file, benchmark, setting) have the same one."""

    def __init__(self, *parts: str) -> None:
        name = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
        self.path = _folder() / f"{name}.json"

    def recall(self) -> Begun | None:
        """What was begun; None where nothing was, or what was written can't be read any more."""
        try:
            found = json.loads(self.path.read_bytes())
            known = {field.name for field in fields(Begun)}
            if found.keys() == known and all(isinstance(value, str) for value in found.values()):
                return Begun(**found)
        except (OSError, ValueError, AttributeError):
            pass
        return None

    def keep(self, begun: Begun) -> None:
        """A folder that can't be written costs the resuming, and nothing else."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(dir=self.path.parent)
            with os.fdopen(handle, "w") as file:
                json.dump(asdict(begun), file)
            os.replace(draft, self.path)

    def forget(self) -> None:
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def _folder() -> Path:
    named = os.environ.get("XDG_STATE_HOME")
    return (Path(named) if named else Path.home() / ".local" / "state") / "passboard"
