"""Finds or makes the model that a run belongs to, and keeps what is known of it: its owner's word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from secrets import token_hex
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from evaluator.records import content_hash
from leaderboard.errors import Refused
from leaderboard.models import Membership, Model, Run
from leaderboard.services.audit import Action, note

_NAME_CHARACTERS = 120
_SLUG_CHARACTERS = 100  # leaves room for a number, or what hides it
_HIDDEN, _HIDDEN_BYTES = "hidden-", 4
_HIDDEN_SLUG = re.compile(rf".+-{_HIDDEN}[0-9a-f]{{{2 * _HIDDEN_BYTES}}}")
Done = TypeVar("Done")
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

    One without a public run is there for those alone who have a run of it or share one in an organisation:
    anybody else's run of that name gets a model of its own, and learns nothing of the other. With the first
    public run they all become one.

    What is known of an existing model stays. Its gaps are filled by its owner and by staff alone, and not by
    runs that are not `public`: nobody can see who said it, and it would outlive them. What anybody else says
    is kept with their run (`said_apart`). A model that nobody but its owner saw so far becomes that of who
    shows it first. Raises Refused for a name that is empty or too long, and where a demo model and a real
    one would share a name.
    """
    name = " ".join(name.split())
    if not name or len(name) > _NAME_CHARACTERS:
        raise Refused(f"The model's name must have 1 to {_NAME_CHARACTERS} characters.")

    def made() -> Model:
        model = _of_name(name, by)
        if model is None:
            model = Model(slug=_hidden_slug(name), name=name, synthetic=synthetic, owner=by, **asdict(facts))
            model.save(force_insert=True)
        else:
            _check_kind(model, synthetic)
            _complete(model, facts, by, public)
        if public and not _is_public(model):
            _become_public(model)
        return model

    return _tried(made)


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

    def shown() -> None:
        own = Model.objects.get(runs=run)  # another's change may have made it another one
        public = _public_of(own.name)
        own = Model.objects.get(runs=run)
        model = public or own
        _check_kind(model, own.synthetic)
        if model == own:
            _taken_over(model, run.owner, ModelFacts(**said))
        _become_public(model)

    _tried(shown)


def _tried(do: Callable[[], Done]) -> Done:
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return do()
        except IntegrityError:
            continue  # somebody else took the slug between the look and the write: look again
    raise Refused("The model's address is taken again and again by others. Try again.")


def _named(name: str) -> QuerySet[Model]:
    """Locked: of two who make a model of one name public, the second finds that of the first."""
    rows = Model.objects.filter(name__iexact=name).order_by("pk")
    locked = rows.select_for_update(no_key=True).values_list("pk", flat=True)
    return Model.objects.filter(pk__in=list(locked)).order_by("pk")


def _public_of(name: str) -> Model | None:
    """One that is public is not locked: large files become runs of it side by side."""
    shown = Q(runs__visibility=Run.Visibility.PUBLIC)
    found = Model.objects.filter(shown, name__iexact=name).order_by("pk").first()
    return found or _named(name).filter(shown).first()


def _of_name(name: str, by: User | None) -> Model | None:
    """The public model of this name, else the one that `by` knows already."""
    if public := _public_of(name):
        return public
    rows = _named(name)
    if by is None:
        return rows.filter(owner=None).first()
    shared = Membership.objects.filter(user=by, accepted_at__isnull=False).values("organisation")
    return rows.filter(Q(owner=by) | Q(runs__owner=by) | Q(runs__organisation__in=shared)).first()


def _become_public(model: Model) -> None:
    """Gives it the address of its name, and takes in hidden models of that name: what was known of one stays
    with its owner's runs, unseen."""
    if _HIDDEN_SLUG.fullmatch(model.slug):
        model.slug = _free_slug(model.name)
        model.save(update_fields=["slug"])
    hidden = _named(model.name).exclude(pk=model.pk).exclude(runs__visibility=Run.Visibility.PUBLIC)
    for other in hidden.filter(synthetic=model.synthetic):
        _keep_with_runs(other)
        other.runs.update(model=model)
        other.delete()


def _keep_with_runs(model: Model) -> None:
    """What is known of the model becomes what its owner's runs say of it."""
    known = _as_json(model)
    for run in model.runs.filter(owner=model.owner_id).only("pk", "said_of_model") if known else ():
        Run.objects.filter(pk=run.pk).update(said_of_model=known | run.said_of_model)


def _complete(model: Model, facts: ModelFacts, by: User | None, public: bool) -> None:
    shown = _is_public(model)
    if public and not shown and _taken_over(model, by, facts):
        return
    if _may_say(model, by) and (public or not shown):
        _write(model, by, replace(facts, **_facts_of(model).known()))


def _taken_over(model: Model, by: User | None, facts: ModelFacts) -> bool:
    """Makes a model that is not public yet the first one's who shows it. What was known stays with the runs
    of who said it, unseen. Whether it was somebody else's until now."""
    if _is_public(model) or model.owner_id == (by.pk if by else None):
        return False
    _keep_with_runs(model)
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


def _hidden_slug(name: str) -> str:
    """Of a model without a public run: it must not tell that another one has that name."""
    return f"{_base_slug(name)}-{_HIDDEN}{token_hex(_HIDDEN_BYTES)}"


def _base_slug(name: str) -> str:
    return slugify(name)[:_SLUG_CHARACTERS] or f"model-{content_hash(name)[:8]}"


def _free_slug(name: str) -> str:
    base = _base_slug(name)
    taken = set(Model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
