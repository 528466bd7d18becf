"""Arrows point down only: the rules of docs/architecture.md, enforced on imports and on sizes of files."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.code_map import ROOT, Import, imports, modules, within

# What each room of the evaluator may import besides the standard library and the evaluator itself.
EVALUATOR_THIRD_PARTY = {
    "evaluator.metrics": {"numpy"},
    "evaluator.estimate": {"numpy"},
    "evaluator.security": {"ruff"},
    "evaluator.sampling": {"httpcore2"},
    "evaluator.sampling.local": {"torch", "transformers", "safetensors"},  # requirements-local.txt
    "evaluator.sampling.decoding": {"torch"},
    "evaluator.sample_files": {"backports"},  # zstd
}
# These run inside untrusted code's cell, or listen to it: nothing but the standard library, all the way down.
BARE_ROOMS = ("evaluator.sandbox", "evaluator.judge")
# What each room of the site may import of the site. A room that isn't named is a helper: it may be used by
# everyone and may itself use helpers and models.
EDGE = {"tasks", "services", "queries", "charts", "forms", "models"}
SITE_ROOMS: dict[str, set[str]] = {
    "urls": {"views", "api"},
    "views": EDGE,
    "api": EDGE | {"views"},  # a table's rows and files are the pages' own
    "management": EDGE,
    "admin": EDGE,
    "tasks": {"services", "queries", "models"},
    "forms": {"services", "queries", "models"},  # a form's answer is the record that a service takes
    "services": {"models"},
    "queries": {"models"},
    "charts": set(),
    "models": set(),
}
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 60


def room(module: str) -> str:
    """Second part of a dotted name of the site: "services" for leaderboard.services.ingest."""
    return module.split(".")[1] if "." in module else ""


def listed(wrong: list[Import]) -> str:
    return "\n".join(map(str, wrong))


def test_the_walk_sees_the_code_that_is_there() -> None:
    """Guards the other tests: a walk that found nothing would pass them all."""
    assert {"evaluator.records", "leaderboard.models.run", "leaderboard.urls"} <= modules().keys()
    pairs = {(found.importer, found.imported) for found in imports()}
    assert ("leaderboard.models", "leaderboard.models.run") in pairs  # from .run import Run
    assert ("leaderboard.models.benchmark", "evaluator.records") in pairs  # from evaluator import records


def test_the_evaluator_does_not_know_the_site() -> None:
    wrong = [
        found
        for found in imports()
        if within(found.importer, "evaluator") and within(found.imported, "leaderboard")
    ]
    assert not wrong, listed(wrong)


def test_the_evaluator_needs_little_besides_the_standard_library() -> None:
    wrong = [found for found in imports() if within(found.importer, "evaluator") and not _is_usual(found)]
    assert not wrong, listed(wrong)


def _is_usual(found: Import) -> bool:
    top = found.imported.split(".")[0]
    if top == "evaluator" or top in sys.stdlib_module_names:
        return True
    return any(
        top in extra for package, extra in EVALUATOR_THIRD_PARTY.items() if within(found.importer, package)
    )


@pytest.mark.parametrize("bare", BARE_ROOMS)
def test_what_touches_untrusted_code_is_bare(bare: str) -> None:
    reached = _reached_from([name for name in modules() if within(name, bare)])
    assert reached, f"no module {bare}"
    wrong = [
        found
        for found in imports()
        if found.importer in reached
        and found.imported not in modules()
        and found.imported.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not wrong, listed(wrong)


def test_the_sandbox_uses_only_the_nouns() -> None:
    """What it imports exists in the cell, beside the program."""
    own = ("evaluator.sandbox", "evaluator.records", "evaluator.errors")
    wrong = [
        found
        for found in imports()
        if within(found.importer, "evaluator.sandbox")
        and within(found.imported, "evaluator")
        and not any(within(found.imported, package) for package in own)
    ]
    assert not wrong, listed(wrong)


def _reached_from(start: list[str]) -> set[str]:
    """These modules of ours and everything of ours that they import, directly or not."""
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached and name in modules():
            reached.add(name)
            waiting += [found.imported for found in imports() if found.importer == name]
            waiting.append(name.rpartition(".")[0])  # importing a module runs its package first
    return reached


@pytest.mark.parametrize("name", SITE_ROOMS)
def test_arrows_of_the_site_point_down(name: str) -> None:
    upward = set(SITE_ROOMS) - SITE_ROOMS[name] - {name}
    wrong = [
        found
        for found in imports()
        if within(found.importer, f"leaderboard.{name}")
        and within(found.imported, "leaderboard")
        and room(found.imported) in upward
    ]
    assert not wrong, listed(wrong)


def test_helpers_of_the_site_use_only_helpers_and_models() -> None:
    wrong = [
        found
        for found in imports()
        if within(found.importer, "leaderboard")
        and room(found.importer) not in SITE_ROOMS
        and within(found.imported, "leaderboard")
        and room(found.imported) in set(SITE_ROOMS) - {"models"}
    ]
    assert not wrong, listed(wrong)


def test_models_know_only_the_records_of_the_evaluator() -> None:
    wrong = [
        found
        for found in imports()
        if within(found.importer, "leaderboard.models")
        and within(found.imported, "evaluator")
        and found.imported not in ("evaluator", "evaluator.records")
    ]
    assert not wrong, listed(wrong)


def test_no_import_goes_round_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {name: set() for name in modules()}
    for found in imports():
        if not found.late and found.imported in arrows and found.imported != found.importer:
            arrows[found.importer].add(found.imported)
    circle = _circle(arrows)
    assert circle is None, " → ".join(circle or [])


def _circle(arrows: dict[str, set[str]]) -> list[str] | None:
    finished: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str] | None:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in finished:
            return None
        for target in sorted(arrows[name]):
            if found := visit(target, [*way, name]):
                return found
        finished.add(name)
        return None

    return next((found for name in sorted(arrows) if (found := visit(name, []))), None)


def source_files() -> list[Path]:
    """Everything that people write here by hand: no migrations, no vendored bundle, no sample programs."""
    kinds = {".py", ".js", ".css", ".html", ".sh"}
    generated = {"migrations", "vendor", "golden", "attacks"}
    tops = ("evaluator", "leaderboard", "templates", "static", "tests", "benchmarks", "scripts")
    paths = (path for top in tops for path in (ROOT / top).rglob("*") if path.suffix in kinds)
    return sorted(path for path in paths if not generated & set(path.parts))


def test_no_file_is_too_long_to_read() -> None:
    files = source_files()
    assert len(files) > 50
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if (lines := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert not long, f"over {MAX_FILE_LINES} lines, make them two: {long}"


def test_no_function_is_too_long_to_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines"
        for path in source_files()
        if path.suffix == ".py"
        for node in _functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
