"""Where the reader of the failure browser is: what the address asks for, and addresses made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.forms.filters import REFERENCE, FailureFilterForm
from leaderboard.queries.failures import FailureGroup
from leaderboard.views.run_rows import failures_address


@dataclass(frozen=True, slots=True)
class Place:
    """Every address of the page is this one with something put in its place.

    `verdict`, `finding` and `text` filter; `behaviour` (0: none) and `program` open; `against` compares.
    """

    run_id: int
    task_id: str
    verdict: str = ""
    finding: str = ""
    text: str = ""
    behaviour: int = 0
    program: int | None = None
    against: str = ""

    @property
    def canonical(self) -> str:
        """The shortest address of what is shown."""
        opened = {"behaviour": f"{self.behaviour:016x}"} if self.behaviour else {}
        return self.address(**opened, program=self.program, against=self.against)

    def address(self, **state: object) -> str:
        """This problem with the filter kept unless it is given; nothing opened unless it is given."""
        kept = {"verdict": self.verdict, "finding": self.finding, "q": self.text} | state
        return failures_address(self.run_id, self.task_id, **kept)

    def opening(self, index: int, **state: object) -> str:
        """With this program open. A comparison with the reference solution goes along."""
        against = REFERENCE if self.against == REFERENCE else ""
        return self.address(**{"program": index, "against": against} | state)

    def at(self, task_id: str) -> Place:
        """The same filter at another problem; a text was looked for in this one alone."""
        return replace(self, task_id=task_id, text="")


def place_of(query: QueryDict, run_id: int, task_id: str) -> Place:
    """What this address asks for; values that the page does not know are left out."""
    form = FailureFilterForm(query)
    form.full_clean()
    asked = form.cleaned_data
    return Place(
        run_id,
        task_id,
        asked.get("verdict", ""),
        asked.get("finding", ""),
        " ".join(asked.get("q", "").split()),
        int(asked.get("behaviour") or "0", 16),
        asked.get("program"),
        asked.get("against", ""),
    )


def behaviour_address(run_id: int, task_id: str, key: int) -> str:
    """The failure browser with the group of this behaviour open."""
    return failures_address(run_id, task_id, behaviour=f"{key:016x}")


def filters_by_verdict(groups: list[FailureGroup], place: Place) -> dict[str, str]:
    """Where each verdict of these groups leads: to its samples alone."""
    return {group.verdict: place.address(verdict=group.verdict, finding="") for group in groups}
