"""What the repository promises about itself: pins, commands, links, variables, nothing of one machine."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from django.core.management import get_commands

import leaderboard
from tests.code_map import ROOT

REQUIREMENTS = ("requirements.txt", "tests/requirements.txt")
# Set by the system, or spoken of in no document because they are not for the site's operator.
INNER_VARIABLES = {"DJANGO_SETTINGS_MODULE", "CI", "PATH", "HOME"}


def tracked(*suffixes: str) -> list[Path]:
    """Files that git knows or would add, with one of these endings (all files without any)."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, text=True).split("\0")
    paths = [ROOT / name for name in names if name and name.endswith(suffixes or ("",))]
    return [path for path in paths if path.is_file() and "vendor" not in path.parts]


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def code_spans(text: str) -> str:
    """What stands in code blocks and between backticks, line by line."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*blocks, *spans])


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if str(ROOT) in line
    ]
    assert not wrong, wrong


def test_nothing_is_left_half_done() -> None:
    marks = re.compile(
        r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")) + r")\b"
    )
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked(".py", ".js", ".css", ".html", ".sh")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_exactly_and_installed_so(name: str) -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    pins = [line for line in lines if line and not line.startswith("-r ")]
    assert pins
    for pin in pins:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?==([\w.+!-]+)", pin)
        assert found, f"{name}: {pin!r} is not an exact pin"
        assert metadata.version(found[1]) == found[3], (
            f"{name}: run `make test`, {pin} is not what is installed"
        )


def test_every_dependency_is_explained() -> None:
    table = (ROOT / "docs" / "dependencies.md").read_text().lower()
    for name in REQUIREMENTS:
        for package in re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==", (ROOT / name).read_text(), re.MULTILINE
        ):
            assert f"| {package.lower()}" in table, f"{package} of {name} is not in docs/dependencies.md"


def test_documents_name_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "lint", "bench", "clean"} <= targets
    for document in documents():
        named = set(re.findall(r"\bmake ([a-z-]+)", code_spans(document.read_text())))
        assert named <= targets, f"{document.name}: no such target: {named - targets}"


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.check_output(["make", "-C", ROOT, "--no-print-directory"], text=True)
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert f"make {target} " in listed


def test_documents_name_only_commands_that_exist() -> None:
    for document in documents():
        named = set(re.findall(r"manage\.py ([a-z_]+)", code_spans(document.read_text())))
        missing = named - get_commands().keys()
        assert not missing, f"{document.name}: no such command: {missing}"


def test_options_that_documents_name_exist() -> None:
    """Each option beside a command, such as `manage.py submit … --wait`, is in the help of that command."""
    named: dict[tuple[str, ...], set[str]] = {}
    for document in documents():
        spans = code_spans(document.read_text())
        for line in spans.splitlines():
            if found := re.search(r"(manage\.py|-m evaluator) ([a-z_]+)(.*)", line):
                start = ("manage.py",) if found[1] == "manage.py" else ("-m", "evaluator")
                named.setdefault((*start, found[2]), set()).update(re.findall(r"--[a-z][a-z-]*", found[3]))
    assert ("-m", "evaluator", "score") in named
    for command, options in named.items():
        if options:
            answer = subprocess.run(
                [sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
            )
            missing = {option for option in options if option not in answer.stdout}
            assert answer.returncode == 0, f"{command}: {answer.stderr}"
            assert not missing, f"{' '.join(command)} has no {missing}"


def test_documents_link_only_to_what_is_there() -> None:
    for document in documents():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_files_that_documents_name_are_there() -> None:
    name = re.compile(
        r"^(?:(?:evaluator|leaderboard|tests|docs|benchmarks|scripts|templates|static)/)[\w/.-]+$"
    )
    for document in documents():
        for span in re.findall(r"`([^`\n]+)`", document.read_text()):
            if name.match(span):
                assert (ROOT / span).exists(), f"{document.name} names {span}"


def test_variables_that_the_site_reads_are_those_that_the_readme_lists() -> None:
    table = (ROOT / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
    listed = set(re.findall(r"`([A-Z][A-Z_]+)`", table))
    read = {
        name
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] == "leaderboard"
        for name in re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\"", path.read_text())
        + re.findall(r"_listed\(\"([A-Z_]+)\"", path.read_text())
    }
    assert listed == read - INNER_VARIABLES


def test_ci_runs_the_tests_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[0] == "#!/usr/bin/env bash"
    assert script.read_text().rstrip().endswith("exec make test")


def test_data_and_environment_are_ignored_by_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    for name in ("var/passboard.sqlite3", "var/secret_key", ".venv/bin/python"):
        assert subprocess.run(["git", "-C", ROOT, "check-ignore", "-q", name], check=False).returncode == 0, (
            name
        )


def test_templates_hold_no_inline_script_or_style() -> None:
    """The Content-Security-Policy would block it in the reader's browser, where nobody sees it fail."""
    inline = re.compile(
        r"<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:|<script(?![^>]*\bsrc=)(?![^>]*json)", re.IGNORECASE
    )
    templates = tracked(".html")
    assert templates
    wrong = [f"{path.name}: {found[0]}" for path in templates if (found := inline.search(path.read_text()))]
    assert not wrong, wrong


def test_one_version_is_named_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == leaderboard.VERSION
    assert f"## [{leaderboard.VERSION}]" in (ROOT / "CHANGELOG.md").read_text()


def test_vendored_files_are_those_that_the_list_of_dependencies_names() -> None:
    listed = (ROOT / "docs" / "dependencies.md").read_text()
    vendored = [
        path for path in ROOT.glob("**/vendor/*") if not path.relative_to(ROOT).parts[0].startswith(".venv")
    ]
    assert vendored
    for path in vendored:
        row = next((line for line in listed.splitlines() if f"/{path.name}`" in line), "")
        assert hashlib.sha256(path.read_bytes()).hexdigest() in row, path.name
