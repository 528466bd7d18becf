"""The hostile programs of tests/attacks, as their first lines describe them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from evaluator.records import Problem, Verdict

FOLDER = Path(__file__).with_name("attacks")
TIERS = ("A+", "A", "B")
REACHED = "REACHED"  # what a program answers when it got through to what it tried

# Answers that nobody can guess, in a test that a program in the test's own process could read and deceive.
PROBLEM = Problem(
    task_id="attacks/secret",
    prompt='def solve(x):\n    """The number, text and constant that only the test knows."""\n',
    entry_point="solve",
    test=(
        "def check(candidate):\n"
        "    assert candidate(7) == 730158442\n"
        "    assert candidate('key') == 'qV7-xd0'\n"
        "    assert candidate(0.5) == 0.0915965594\n"
    ),
    canonical_solution="    return {7: 730158442, 'key': 'qV7-xd0', 0.5: 0.0915965594}[x]\n",
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile program. `fools`: the kind of checker that would let it pass, if there is one."""

    name: str
    source: str
    tries: str
    must_end: frozenset[Verdict]
    tiers: tuple[str, ...]
    fools: str

    def aimed(self, targets: dict[str, str]) -> str:
        """Its source with the paths and numbers of this machine that it is after."""
        source = self.source
        for word, value in targets.items():
            source = source.replace(word, value)
        return source


def attacks() -> list[Attack]:
    """All of them, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*/*.py"))]


def _read(path: Path) -> Attack:
    """Header lines: Tries, Must end; where needed On (tiers), Fools, Program (an expression: the source)."""
    text = path.read_text()
    header = dict(re.findall(r"^# ([A-Z][a-z ]+): (.*)$", text.split("\n\n")[0], re.MULTILINE))
    if unknown := header.keys() - {"Tries", "Must end", "On", "Fools", "Program"}:
        raise ValueError(f"{path}: unknown header lines {unknown}")
    return Attack(
        name=f"{path.parent.name}/{path.stem}",
        source=eval(header["Program"]) if "Program" in header else text,
        tries=header["Tries"],
        must_end=frozenset(map(Verdict, header["Must end"].split(", "))),
        tiers=tuple(header.get("On", " ".join(TIERS)).split()),
        fools=header.get("Fools", ""),
    )
