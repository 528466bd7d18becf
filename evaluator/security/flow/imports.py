"""The names that an import statement binds."""

from __future__ import annotations

import ast

from evaluator.security.flow.names import canonical
from evaluator.security.flow.values import Value


def bound_names(node: ast.Import | ast.ImportFrom) -> dict[str, Value]:
    """Name → what it stands for. `from x import *` binds none: its names are read as usual ones."""
    bound: dict[str, Value] = {}
    home = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        if alias.name == "*":
            continue
        if isinstance(node, ast.ImportFrom):
            bound[alias.asname or alias.name] = Value(qual=canonical(f"{home}.{alias.name}"))
        elif alias.asname:
            bound[alias.asname] = Value(qual=canonical(alias.name))
        else:
            top = alias.name.split(".")[0]
            bound[top] = Value(qual=canonical(top))
    return bound
