"""What a plan is asked for: how small a difference, at which k, between runs like which one."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

MOST_K = 1000
PAIRED, UNPAIRED = "paired", "unpaired"
POWERS = ("80", "90", "95")
_USUAL = {"points": "5", "k": "1", "power": "80", "compare": PAIRED}


class PlannerForm(forms.Form):
    """`points`: the difference, in points; `k` of pass@k; `run`: whose spread of pass rates to plan with."""

    points = forms.FloatField(label="Difference", min_value=0.1, max_value=99)
    k = forms.IntegerField(label="k", min_value=1, max_value=MOST_K)
    power = forms.ChoiceField(label="Power", choices=[(value, f"{value} %") for value in POWERS])
    compare = forms.ChoiceField(
        label="Comparison",
        choices=[(PAIRED, "paired, problem by problem"), (UNPAIRED, "unpaired, of the two means")],
    )
    run = forms.IntegerField(label="A run like", required=False, min_value=1, max_value=2**31)


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What is planned. `difference` and `power` are fractions. `run`: id, None: a typical one.

    `refused`: what the address asks for and can't have, in sentences; the usual value stands in for it.
    """

    difference: float
    k: int
    power: float
    paired: bool
    run: int | None
    refused: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """As the address writes it: what is usual is left out."""
        said = {
            "points": f"{self.difference * 100:g}",
            "k": str(self.k),
            "power": f"{self.power * 100:.0f}",
            "compare": PAIRED if self.paired else UNPAIRED,
        }
        unusual = {name: value for name, value in said.items() if value != _USUAL[name]}
        return unusual | ({"run": str(self.run)} if self.run else {})


def plan_wish(query: QueryDict) -> PlanWish:
    """The wish of this address. Values that can't be used are named, and the usual ones stand in."""
    given = {name: query[name] for name in PlannerForm.base_fields if query.get(name)}
    form = PlannerForm(_USUAL | given)
    refused = []
    if not form.is_valid():
        refused = [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
        form = PlannerForm(_USUAL | {name: value for name, value in given.items() if name not in form.errors})
        form.full_clean()
    asked = form.cleaned_data
    return PlanWish(
        difference=asked["points"] / 100,
        k=asked["k"],
        power=int(asked["power"]) / 100,
        paired=asked["compare"] == PAIRED,
        run=asked["run"],
        refused=tuple(refused),
    )
