"""What tests of uploads begin with: a folder of their own, a benchmark, and somebody who is signed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from leaderboard.models import Benchmark
from tests.leaderboard.run_data import toy_benchmark


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Uploaded files are stored where no other test stores any."""
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def benchmark() -> Benchmark:
    return toy_benchmark()


@pytest.fixture
def ada(client: Client) -> User:
    """An account; `client` is signed in to it."""
    user = User.objects.create_user("ada")
    client.force_login(user)
    return user
