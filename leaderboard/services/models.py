"""Finds or makes the model that a run belongs to, and keeps what is known of it: its owner's word."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from evaluator.records import content_hash
from leaderboard.errors import Refused
from leaderboard.models import Model, Run
from leaderboard.services.audit import Action, note

_NAME_CHARACTERS = 120
_SLUG_CHARACTERS = 110  # leaves room for a number
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model. `parameters` is a count; None and "" where nobody said it."""

    organisation: str = ""
    parameters: int | None = None
    released: date | None = None
    url: str = ""

    def known(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


def model_for(
    name: str,
    facts: ModelFacts,
    by: User | None,
    *,
    synthetic: bool = False,
    public: bool = True,
) -> Model:
    """The model of this name (letter case aside); made if it is new, and `by` (None: the site) owns it then.

    What is known of an existing model stays. Its gaps are filled by its owner and by staff alone, and not by
    runs that are not `public`: nobody can see who said it, and it would outlive them. What anybody else says
    is kept with their run (`said_apart`). A model that nobody but its owner saw so far becomes that of who
    shows it first. Raises Refused for a name that is empty or too long, and where a demo model and a real
    one would share a name.
    """
    name = " ".join(name.split())
    if not name or len(name) > _NAME_CHARACTERS:
        raise Refused(f"The model's name must have 1 to {_NAME_CHARACTERS} characters.")
    for _ in range(_ATTEMPTS):
        model = Model.objects.filter(name__iexact=name).order_by("pk").first()
        if model is not None:
            _check_kind(model, synthetic)
            return _completed(model, facts, by, public)
        try:
            with transaction.atomic():
                return Model.objects.create(
                    slug=_free_slug(name), name=name, synthetic=synthetic, owner=by, **asdict(facts)
                )
        except IntegrityError:
            continue  # somebody else took the slug between the look and the write: look again
    raise Refused(f"The model “{name}” could not be made: its address is taken again and again. Try again.")


def said_apart(model: Model, facts: ModelFacts) -> dict[str, Any]:
    """Of these facts those that the model does not have, as `Run.said_of_model` keeps them."""
    return {name: value for name, value in _as_json(facts).items() if value != _as_json(model).get(name)}


def change(model: Model, actor: User, facts: ModelFacts) -> None:
    """Writes what is known of the model. Raises Refused for who is neither its owner nor staff."""
    if not _may_say(model, actor):
        raise Refused(
            f"What is known of {model} is said by who brought its first run, and by the site's staff."
        )
    _write(model, actor, facts)


def shown_first_with(run: Run) -> None:
    """To be called before a run becomes public: what its uploader said of the model goes with it, and not
    what somebody else said whose runs nobody sees."""
    said = dict(run.said_of_model)
    if released := said.get("released"):
        said["released"] = date.fromisoformat(released)
    _taken_over(run.model, run.owner, ModelFacts(**said))


def _completed(model: Model, facts: ModelFacts, by: User | None, public: bool) -> Model:
    shown = _is_public(model)
    if public and not shown and _taken_over(model, by, facts):
        return model
    if _may_say(model, by) and (public or not shown):
        _write(model, by, replace(facts, **_facts_of(model).known()))
    return model


def _taken_over(model: Model, by: User | None, facts: ModelFacts) -> bool:
    """Makes a model that is not public yet the first one's who shows it. What was known stays with the runs
    of who said it, unseen. Whether it was somebody else's until now."""
    if _is_public(model) or model.owner_id == (by.pk if by else None):
        return False
    hidden = _as_json(model)
    for run in model.runs.filter(owner=model.owner_id).only("pk", "said_of_model") if hidden else ():
        Run.objects.filter(pk=run.pk).update(said_of_model=hidden | run.said_of_model)
    model.owner = by
    model.save(update_fields=["owner"])
    _write(model, by, facts)
    return True


def _write(model: Model, by: User | None, facts: ModelFacts) -> None:
    before, after = asdict(_facts_of(model)), asdict(facts)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    for name in changed:
        setattr(model, name, after[name])
    with transaction.atomic():
        model.save(update_fields=changed)
        said = ", ".join(f"{name}: {before[name] or '–'} → {after[name] or '–'}" for name in changed)
        entry = note(by, Action.MODEL_CHANGED, model=model, detail=said)
        entry.on_board = _is_public(model)
        entry.save(update_fields=["on_board"])


def _may_say(model: Model, by: User | None) -> bool:
    return by is None or by.is_staff or model.owner_id == by.pk


def _facts_of(model: Model) -> ModelFacts:
    return ModelFacts(model.organisation, model.parameters, model.released, model.url)


def _as_json(of: Model | ModelFacts) -> dict[str, Any]:
    facts = of if isinstance(of, ModelFacts) else _facts_of(of)
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in facts.known().items()
    }


def _check_kind(model: Model, synthetic: bool) -> None:
    if model.synthetic != synthetic:
        kind = "a real model" if synthetic else "a model of the demo"
        raise Refused(f"“{model.name}” is the name of {kind} here; choose another name.")


def _is_public(model: Model) -> bool:
    return model.runs.filter(visibility=Run.Visibility.PUBLIC).exists()


def _free_slug(name: str) -> str:
    base = slugify(name)[:_SLUG_CHARACTERS] or f"model-{content_hash(name)[:8]}"
    taken = set(Model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
