"""Finds or makes the model that a run belongs to."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from evaluator.records import content_hash
from leaderboard.errors import Refused
from leaderboard.models import Model, Run

_NAME_CHARACTERS = 120
_SLUG_CHARACTERS = 110  # leaves room for a number
_ATTEMPTS = 20


def model_for(
    name: str,
    organisation: str = "",
    parameters: int | None = None,
    *,
    synthetic: bool = False,
    public: bool = True,
) -> Model:
    """The model of this name (letter case aside), made if it is new.

    What is known of an existing model stays; only gaps are filled, and not by runs that are not `public`:
    nobody can see who said it, and it would outlive them. Raises Refused for a name that is empty
    or too long, and where a demo model and a real one would share a name.
    """
    name = " ".join(name.split())
    if not name or len(name) > _NAME_CHARACTERS:
        raise Refused(f"The model's name must have 1 to {_NAME_CHARACTERS} characters.")
    for _ in range(_ATTEMPTS):
        model = Model.objects.filter(name__iexact=name).order_by("pk").first()
        if model is not None:
            if not public and _is_public(model):
                organisation, parameters = "", None
            return _completed(model, organisation, parameters, synthetic)
        try:
            with transaction.atomic():
                return Model.objects.create(
                    slug=_free_slug(name),
                    name=name,
                    organisation=organisation,
                    parameters=parameters,
                    synthetic=synthetic,
                )
        except IntegrityError:
            continue  # somebody else took the slug between the look and the write: look again
    raise Refused(f"The model “{name}” could not be made: its address is taken again and again. Try again.")


def _completed(model: Model, organisation: str, parameters: int | None, synthetic: bool) -> Model:
    if model.synthetic != synthetic:
        kind = "a real model" if synthetic else "a model of the demo"
        raise Refused(f"“{model.name}” is the name of {kind} here; choose another name.")
    changed = []
    if organisation and not model.organisation:
        model.organisation = organisation
        changed.append("organisation")
    if parameters is not None and model.parameters is None:
        model.parameters = parameters
        changed.append("parameters")
    if changed:
        model.save(update_fields=changed)
    return model


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
