"""The repository's own Python files and who imports whom, read with `ast` and never by importing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("evaluator", "leaderboard")


@dataclass(frozen=True)
class Import:
    """`importer` imports `imported`, a dotted name; `late` if inside a function, where no circle can bite."""

    importer: str
    imported: str
    line: int
    late: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules() -> dict[str, Path]:
    """Dotted name → file, for every module of the two packages."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {_dotted(path): path for path in paths if "migrations" not in path.parts}


@cache
def imports() -> tuple[Import, ...]:
    """Every import in these modules; `from a import b` counts as a.b where that is a module of ours."""
    return tuple(found for name, path in modules().items() for found in _imports_of(name, path))


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    for node, late in _import_nodes(ast.parse(path.read_text()), late=False):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            base = _base_of(node, name, is_package=path.name == "__init__.py")
            targets = [_submodule_or(base, alias.name) for alias in node.names]
        for target in dict.fromkeys(targets):
            yield Import(name, target, node.lineno, late)


def _import_nodes(tree: ast.AST, late: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, late
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _import_nodes(node, late or inside)


def _base_of(node: ast.ImportFrom, importer: str, is_package: bool) -> str:
    if node.level == 0:
        return node.module or ""
    up = node.level - 1 if is_package else node.level
    parts = importer.split(".")
    return ".".join([*parts[: len(parts) - up], *([node.module] if node.module else [])])


def _submodule_or(base: str, name: str) -> str:
    full = f"{base}.{name}"
    return full if full in modules() else base
