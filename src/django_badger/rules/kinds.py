"""What the fields that a rule names must be: a person, a moment, a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import DateField, DecimalField, FloatField, IntegerField, Model

from django_badger.rules.paths import field_at


def misfits(model: type[Model], *, by: str, moments: Sequence[str], numbers: Sequence[str]) -> Iterator[str]:
    """Return what is wrong with these paths, a sentence each: ``by`` leads to a person, the others to what they say."""
    if not _is_person(model, by):
        user = get_user_model()._meta.label
        yield f"by={by!r} of {model._meta.label} is no person: name a foreign key to {user}, or a path to one"
    for path in moments:
        if not isinstance(_plain(model, path), DateField):
            yield f"{path!r} of {model._meta.label} is no moment: name a date or datetime field"
    for path in numbers:
        if not isinstance(_plain(model, path), (IntegerField, FloatField, DecimalField)):
            yield f"{path!r} of {model._meta.label} is no number: name a number field"


def _plain(model: type[Model], path: str) -> Any:
    field = field_at(model, path)
    return getattr(field, "output_field", field)  # what a generated field gives


def leads_to_one(model: type[Model], path: str) -> bool:
    """Whether every step of a path leads to one row, never to several."""
    names = path.split("__")
    steps: list[Any] = [field_at(model, "__".join(names[: number + 1])) for number in range(len(names))]
    return not any(step.one_to_many or step.many_to_many for step in steps)


def _is_person(model: type[Model], path: str) -> bool:
    """Whether every step leads to one row, and the last one to the key of a user."""
    if not leads_to_one(model, path):
        return False
    last: Any = field_at(model, path)
    if last.is_relation and not (last.concrete and last.target_field.primary_key):
        return False
    holder = last.related_model if last.is_relation else last.model
    return (last.is_relation or last.primary_key) and issubclass(get_user_model(), holder._meta.concrete_model)
