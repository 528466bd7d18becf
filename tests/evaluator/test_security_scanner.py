"""The scanner as a process: broken, missing or hanging, and the folder that it works in."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from evaluator.errors import SecurityScanError
from evaluator.security import ruff_process, scan, scratch

CLEAN = "def f(x):\n    return x + 1\n"
LISTEN = "import logging.config\nlogging.config.listen(9999)\n"


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of these tests lie where no other scan of this machine puts its own."""
    monkeypatch.setattr(scratch, "_TMPFS", tmp_path)
    return tmp_path


def fake_ruff(folder: Path, script: str) -> str:
    path = folder / "fake-ruff"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(stat.S_IRWXU)
    return str(path)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 2", "status 2"),
        ("kill -9 $$", "status -9"),
        ("exit 0", "does not find S612"),
        ("echo nonsense", "can't be read"),
        ("echo '[]'", "can't be read"),
        ('echo \'{"code": "S612"}\'', "can't be read"),
    ],
)
def test_a_broken_scanner_is_an_error_and_not_an_absence_of_findings(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = fake_ruff(tmp_path, script)
    monkeypatch.setattr(ruff_process, "find_ruff_bin", lambda: binary)
    with pytest.raises(SecurityScanError, match=message):
        scan([CLEAN, LISTEN])


def test_a_missing_scanner_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff_process, "find_ruff_bin", lambda: "/nonexistent/ruff")
    with pytest.raises(SecurityScanError, match="package ruff is installed"):
        scan([LISTEN])


def test_a_scanner_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = fake_ruff(tmp_path, "exec sleep 60")
    monkeypatch.setattr(ruff_process, "find_ruff_bin", lambda: binary)
    monkeypatch.setattr(ruff_process, "_WALL_SECONDS", 0.2)
    started = time.monotonic()
    with pytest.raises(SecurityScanError, match="no answer"):
        scan([LISTEN])
    assert time.monotonic() - started < 30


def test_nothing_is_left_behind_by_success_or_failure(
    own_scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan([LISTEN, "[" * 50_000 + "a.listen("])
    monkeypatch.setattr(ruff_process, "find_ruff_bin", lambda: "/nonexistent/ruff")
    with pytest.raises(SecurityScanError):
        scan([LISTEN])
    assert list(own_scratch.iterdir()) == []


def test_what_a_killed_scan_left_is_removed_once_it_is_old(own_scratch: Path) -> None:
    old, fresh = own_scratch / "passboard-scan-old", own_scratch / "passboard-scan-fresh"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "0.py").write_text(LISTEN)
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    scan([LISTEN])
    assert list(own_scratch.iterdir()) == [fresh]


def test_the_folder_is_private(own_scratch: Path) -> None:
    with scratch.scratch_folder() as folder:
        assert folder.parent == own_scratch
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_without_a_roomy_tmpfs_the_temporary_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_TMPFS", tmp_path / "absent")
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    with scratch.scratch_folder() as folder:
        assert folder.parent == tmp_path
    assert [finding.rule for finding in scan([LISTEN])[0]] == ["S612"]


def test_folders_that_ruff_skips_by_default_are_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = tmp_path / "node_modules"
    parent.mkdir()
    (parent / ".gitignore").write_text("*\n")
    monkeypatch.setattr(scratch, "_TMPFS", parent)
    assert [finding.rule for finding in scan([LISTEN])[0]] == ["S612"]
