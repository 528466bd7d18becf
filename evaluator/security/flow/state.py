"""What is known at one place of a program: the values of names, and the guards that were passed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from evaluator.security.flow.values import NOTHING, Guards, Value, is_guarded, joined


class StepsSpent(Exception):
    """The program is so large that reading on would take too long; what was found so far stands."""


class State:
    """`env` has plain names and dotted ones ("self.key", "Config.SECRET"). Not `alive`: nobody gets here."""

    __slots__ = ("alive", "env", "guards")

    def __init__(self, env: dict[str, Value], guards: Guards = frozenset()) -> None:
        self.env = env
        self.guards = guards
        self.alive = True

    def copy(self) -> State:
        made = State(dict(self.env), self.guards)
        made.alive = self.alive
        return made

    def become(self, *branches: State) -> None:
        """Go on where these branches meet; those that end (return, raise) don't come here."""
        alive = [branch for branch in branches if branch.alive]
        self.alive = bool(alive)
        if not alive:
            alive = list(branches[:1])
        first = alive[0]
        if len(alive) == 1:
            self.env, self.guards = first.env, first.guards
            return
        env = dict(first.env)
        common = frozenset.intersection(*(branch.guards for branch in alive))
        for name in {name for branch in alive[1:] for name in branch.env}:
            holders = [branch for branch in alive if name in branch.env]
            value = holders[0].env[name]
            if any(branch.env[name] is not value for branch in holders):
                value = joined([_kept_safe(branch.env[name], branch.guards - common) for branch in holders])
            env[name] = value
        self.env = env
        self.guards = common

    def guard(self, passed: Iterable[tuple[str, str]]) -> None:
        """Remember that these (root, tag) were checked."""
        self.guards = self.guards | frozenset(passed)


def _kept_safe(value: Value, passed: Guards) -> Value:
    """A value with what only its own branch has checked, before it meets the others."""
    if not passed or value.const is not NOTHING:
        return value
    roots = value.all_roots()
    tags = {tag for _, tag in passed if roots and all(is_guarded(root.key, tag, passed) for root in roots)}
    return value.safe_for(*tags) if tags else value


@dataclass(slots=True, frozen=True)
class Definition:
    """A function of the program that can be read once more with the values of a call."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    env: dict[str, Value]
    class_name: str = ""
    is_method: bool = False


def dotted(node: ast.AST) -> str:
    """ "a.b.c" for names and attributes of names, else ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))
