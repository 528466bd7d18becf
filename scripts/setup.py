"""Makes ready what the Makefile needs; started by `scripts/setup`, standard library alone.

setup.py run          .venv with requirements.txt
setup.py test         the same with tests/requirements.txt
setup.py chromium     a Chromium for the browser tests
setup.py local        .venv-local with requirements-local.txt, for workers that sample local weights
setup.py local-test   .venv-local with what the tests need of it, on a CPU

What is ready already costs a fraction of a second and no network.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL_VENV = ROOT / ".venv-local"  # of its own: with torch it is 50 times as large
REQUIREMENTS = {
    "run": ("requirements.txt",),
    "test": ("requirements.txt", "tests/requirements.txt"),
    "local": ("requirements.txt", "requirements-local.txt"),
    "local-test": ("tests/requirements-local.txt",),
}
# Thousands of files of torch of which a few are ever imported need no bytecode ahead of time.
PIP_OPTIONS = {"local": ("--no-compile",), "local-test": ("--no-compile", "--no-deps")}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """The set-up can't go on; the message says what mends it."""


def main(wanted: list[str]) -> None:
    try:
        for what in wanted:
            if what == "chromium":
                find_or_install_chromium()
            else:
                install(what)
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        print("set-up: interrupted; the next start goes on from here", file=sys.stderr)
        sys.exit(130)


def install(what: str) -> None:
    """Brings the environment to REQUIREMENTS[what], unless it was there already."""
    venv = LOCAL_VENV if what.startswith("local") else VENV
    usable = venv_is_usable(venv)
    stamp = venv / f"installed-{what}"
    wanted = content_hash(REQUIREMENTS[what])
    if usable and stamp.is_file() and stamp.read_text() == wanted:
        return
    if not usable:
        make_venv(venv)
    last = REQUIREMENTS[what][-1]  # includes those before it
    print(f"Installing {last} into {venv.name} (some ten seconds to some minutes) …", flush=True)
    pip = (python_of(venv), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    done = ask(*pip, *PIP_OPTIONS.get(what, ()), "-r", ROOT / last)
    if done.returncode != 0:
        raise SetupError(f"pip could not install {last}. It says:\n{done.stdout}{done.stderr}".rstrip())
    stamp.write_text(wanted)


def content_hash(names: tuple[str, ...]) -> str:
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


def venv_is_usable(venv: Path) -> bool:
    """Whether it works and was made for this folder: its scripts hold the path they were made in."""
    made_in = venv / "made-in"
    if made_in.is_file() and made_in.read_text() != str(ROOT):
        return False
    # `import pip` fails too where the system's Python became another version under the venv.
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return python_of(venv).exists() and ask(python_of(venv), "-c", probe).returncode == 0


def make_venv(venv: Path) -> None:
    need_venv_module()
    version = ".".join(str(number) for number in sys.version_info[:3])
    print(f"Making {venv.name} with Python {version} …", flush=True)
    try:
        if venv.exists():
            shutil.rmtree(venv)
    except OSError as error:
        raise SetupError(f"can't remove the old {venv}: {error.strerror}. Remove it by hand") from error
    made = ask(sys.executable, "-m", "venv", venv)
    if made.returncode != 0:
        raise SetupError(
            f"`{sys.executable} -m venv {venv.name}` failed:\n{made.stdout}{made.stderr}".rstrip()
        )
    (venv / "made-in").write_text(str(ROOT))


def need_venv_module() -> None:
    """Debian and Ubuntu keep half of the venv module in a package of its own."""
    if ask(sys.executable, "-c", "import venv; from ensurepip import version").returncode == 0:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not apt_install(package):
        raise SetupError(
            f"{sys.executable} has no venv module. On Debian or Ubuntu: sudo apt-get install -y {package}"
        )


def find_or_install_chromium() -> None:
    if any(shutil.which(name) for name in CHROMIUM_NAMES):
        return
    if not apt_install("chromium"):
        print("No Chromium: the browser tests are skipped. To get it: sudo apt-get install -y chromium")


def apt_install(package: str) -> bool:
    """Installs a Debian package where we may; whether it is there now."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} by apt-get …", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    ask("apt-get", "-qq", "update")  # one dead mirror fails it, and the package may come all the same
    installed = ask("apt-get", "-qq", "install", "-y", "--no-install-recommends", package)
    if installed.returncode != 0:
        print(f"{installed.stdout}{installed.stderr}".strip(), file=sys.stderr)
    return installed.returncode == 0


def ask(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command silently and keeps what it says."""
    return subprocess.run(command, check=False, capture_output=True, text=True)


if __name__ == "__main__":
    main(sys.argv[1:])
