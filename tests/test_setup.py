"""`scripts/setup` on real interpreters and real virtual environments, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.code_map import ROOT


def set_up(folder: Path, what: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["scripts/setup", what],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the set-up scripts and requirements that ask for nothing, set up once."""
    folder = bare_checkout(tmp_path_factory.mktemp("setup") / "a checkout")
    first = set_up(folder)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    return folder


def bare_checkout(folder: Path) -> Path:
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "requirements.txt").write_text("# nothing\n")
    return folder


def test_environment_works_and_a_second_set_up_does_nothing(checkout: Path) -> None:
    answer = subprocess.check_output([checkout / ".venv/bin/python", "-c", "print('ready')"], text=True)
    assert answer == "ready\n"
    second = set_up(checkout, PATH="/usr/bin:/bin")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_changed_requirements_are_installed_and_what_pip_refuses_is_shown(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("./no-such-package\n")
    refused = set_up(checkout)
    assert refused.returncode == 1
    assert "Making .venv" not in refused.stdout
    assert "set-up: pip could not install requirements.txt" in refused.stderr
    assert "no-such-package" in refused.stderr
    assert set_up(checkout).returncode == 1, "a failed installation must not count as done"

    (checkout / "requirements.txt").write_text("# nothing\n")
    assert set_up(checkout).returncode == 0


def test_environment_that_was_made_elsewhere_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    """The scripts in an environment hold the path that it was made in."""
    copied = tmp_path / "elsewhere"
    shutil.copytree(checkout, copied, symlinks=True)
    assert "Making .venv" in set_up(copied).stdout


def test_local_weights_have_an_environment_of_their_own(tmp_path: Path) -> None:
    folder = bare_checkout(tmp_path / "checkout")
    (folder / "requirements-local.txt").write_text("# nothing\n")
    assert "Making .venv-local" in set_up(folder, "local").stdout
    assert (folder / ".venv-local" / "bin" / "python").exists()
    assert not (folder / ".venv").exists()
    assert set_up(folder, "local").stdout == ""


def test_too_old_python_is_named_in_one_line(tmp_path: Path) -> None:
    folder = bare_checkout(tmp_path / "checkout")
    old = tmp_path / "bin" / "python3"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    old.chmod(0o755)
    (tmp_path / "bin" / "dirname").symlink_to(str(shutil.which("dirname")))
    shell = str(shutil.which("sh"))
    done = subprocess.run(
        [shell, "scripts/setup", "run"],
        cwd=folder,
        env={"PATH": str(old.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer (found: Python 3.9.2)" in done.stderr
    assert not (folder / ".venv").exists()
