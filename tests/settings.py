"""Settings of the tests: the site's own, in a folder of this test run alone.

PASSBOARD_TESTS_ON=servers runs them on PostgreSQL and Redis: the second pass of `make test`.

pytest-django loads the settings before any conftest, so the folder is made here. A process that a test
starts finds PASSBOARD_TESTS_FOLDER in its environment and lands in the same folder. Processes that share
the tests among them (`-n`) have a folder, a database and a broker each.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.needs import ON_SERVERS, POSTGRES, REDIS, answers, empty_redis

_SHARE = os.environ.get("PYTEST_XDIST_WORKER", "")  # "gw0" …; tests' own processes inherit it
_FOLDER, _BROKER = f"PASSBOARD_TESTS_FOLDER{_SHARE}", f"PASSBOARD_TESTS_BROKER{_SHARE}"


def _folder_of_this_run() -> Path:
    known = os.environ.get(_FOLDER)
    if known:
        return Path(known)
    folder = Path(tempfile.mkdtemp(prefix="passboard-tests-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked child leaves it to its parent
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    os.environ[_FOLDER] = str(folder)
    return folder


TESTS_FOLDER = _folder_of_this_run()
# Whatever the shell says, no test may touch a real site's data.
os.environ["PASSBOARD_DATA"] = str(TESTS_FOLDER)
for name in (
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "SECRET_KEY",
    "DEBUG",
    "HTTPS",
    "PROXIES",
    "EMAIL_URL",
):
    os.environ.pop(name, None)
# Most tests are one long transaction, in which a slow one may well be silent for a while.
os.environ["IDLE_TRANSACTION_SECONDS"] = "0"
if ON_SERVERS:
    os.environ["DATABASE_URL"] = POSTGRES
    # Processes that a test starts read these settings too, and must not take a database each.
    chosen = os.environ.get(_BROKER) or (empty_redis() if answers(REDIS) else REDIS)
    os.environ["CELERY_BROKER_URL"] = os.environ[_BROKER] = chosen

from leaderboard.settings import *  # noqa: E402, F403
from leaderboard.settings import DATABASES, STORAGES  # noqa: E402

# A file and not memory, so that a worker process that a test starts can share it.
TEST_NAME = f"passboard_test_{os.getpid()}" if ON_SERVERS else str(TESTS_FOLDER / "test.sqlite3")
DATABASES["default"]["TEST"] = {"NAME": TEST_NAME}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
# Nothing is collected: pages link to the files as they lie there.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
# whitenoise warns of a missing folder, and warnings are errors here.
STATIC_ROOT = TESTS_FOLDER / "staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)
