"""Runs parts of this repository as an ordinary user, from a copy that such a user can read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
_PARTS = ("evaluator", "tests/attacks", "tests/__init__.py", "tests/attack_files.py", "tests/attack_range.py")
_LEFT_OUT = shutil.ignore_patterns("site-packages", "dist-packages", "test", "__pycache__", "config-*", "*.a")


def copied(place: Path) -> Path:
    """The copy, below `place`, whose folders must be open to everyone."""
    copy = place / "copy"
    for part in (*_PARTS, "benchmarks/attack.py"):
        target = copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target, ignore=_LEFT_OUT)
        else:
            shutil.copy(ROOT / part, target)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    return copy


def interpreter(place: Path) -> str:
    """This Python, where nobody can start it, or a copy of it where it lies in a closed folder."""
    here = os.path.realpath(sys.executable)
    try:
        as_nobody([here, "-c", "import json"], place).check_returncode()
        return here
    except (PermissionError, subprocess.CalledProcessError):
        pass
    base = place / "python"
    (base / "bin").mkdir(parents=True)
    (base / "lib").mkdir()
    copy = _linked(here, str(base / "bin" / "python3"))
    library = sysconfig.get_paths()["stdlib"]
    shutil.copytree(
        library,
        base / "lib" / Path(library).name,
        ignore=_LEFT_OUT,
        copy_function=_linked,
        symlinks=True,
    )
    for shared in Path(sys.base_prefix, "lib").glob("libpython*.so*"):
        _linked(str(shared), str(base / "lib" / shared.name))
    return copy


def _linked(source: str, target: str) -> str:
    """A second name where possible: the library has thousands of files."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def as_nobody(command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run `command` as the user nobody, without any group or environment of ours."""
    libraries = {"LD_LIBRARY_PATH": str(place / "python" / "lib")} if (place / "python").exists() else {}
    return subprocess.run(
        command,
        cwd=place,
        env={"PATH": os.defpath, "TMPDIR": str(place / "tmp"), **libraries},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
