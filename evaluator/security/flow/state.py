"""What is known at one place of a program: the values of names, and the guards that were passed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from evaluator.security.flow.values import Guards, Value, joined


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
        for name in {name for branch in alive[1:] for name in branch.env}:
            known = [branch.env[name] for branch in alive if name in branch.env]
            if any(value is not known[0] for value in known):
                env[name] = joined(known)
            else:
                env[name] = known[0]
        self.env = env
        self.guards = frozenset.intersection(*(branch.guards for branch in alive))

    def guard(self, passed: Iterable[tuple[str, str]]) -> None:
        """Remember that these (root, tag) were checked."""
        self.guards = self.guards | frozenset(passed)


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
