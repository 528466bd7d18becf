"""Settings of the tests: the site's own, in a folder of this test run alone.

pytest-django loads the settings before any conftest, so the folder is made here. A process that a test
starts finds PASSBOARD_TESTS_FOLDER in its environment and lands in the same folder.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _folder_of_this_run() -> Path:
    known = os.environ.get("PASSBOARD_TESTS_FOLDER")
    if known:
        return Path(known)
    folder = Path(tempfile.mkdtemp(prefix="passboard-tests-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked child leaves it to its parent
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    os.environ["PASSBOARD_TESTS_FOLDER"] = str(folder)
    return folder


TESTS_FOLDER = _folder_of_this_run()
# Whatever the shell says, no test may touch a real site's data.
os.environ["PASSBOARD_DATA"] = str(TESTS_FOLDER)
for name in ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DEBUG"):
    os.environ.pop(name, None)

from leaderboard.settings import *  # noqa: E402, F403
from leaderboard.settings import DATABASES  # noqa: E402

# A file and not memory, so that a worker process that a test starts can share it.
DATABASES["default"]["TEST"] = {"NAME": str(TESTS_FOLDER / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
