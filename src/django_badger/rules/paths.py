"""Paths: fields of a model named with double underscores, checked and followed."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model

#: Names that say when a row came to be, where no field says so by ``auto_now_add``.
WHEN_NAMES = ("created_at", "created_on", "created", "date_joined", "posted_at", "published_at", "timestamp")


@lru_cache(maxsize=4096)
def field_at(model: type[Model], path: str) -> Field[Any, Any]:
    """Return the field that ``path`` ends in.

    Raises ``FieldDoesNotExist`` with a sentence that names the model and, where one is close, what was meant.
    """
    current: Any = model
    field: Any = None
    for name in path.split("__"):
        if current is None:
            msg = f"{model._meta.label}: {path!r} goes on behind {field.name!r}, which leads nowhere"
            raise FieldDoesNotExist(msg)
        try:
            field = (
                current._meta.pk
                if name == "pk"
                else current._meta.get_field(name.removesuffix("_id") if _is_attname(current, name) else name)
            )
        except FieldDoesNotExist:
            names = [known.name for known in current._meta.get_fields()]
            close = get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(names))}"
            msg = f"{current._meta.label} has no field {name!r}: {hint}"
            raise FieldDoesNotExist(msg) from None
        current = field.related_model
    return field  # type: ignore[no-any-return]  # what _meta gives


def _is_attname(model: type[Model], name: str) -> bool:
    return any(isinstance(field, ForeignKey) and field.attname == name for field in model._meta.fields)


def when_field(model: type[Model]) -> str | None:
    """Return the field that says when a row came to be: one with ``auto_now_add``, else one with a usual name."""
    moments = [field for field in model._meta.fields if isinstance(field, (DateField, DateTimeField))]
    automatic = [field.name for field in moments if field.auto_now_add]
    usual = [name for name in WHEN_NAMES if any(field.name == name for field in moments)]
    return next(iter(automatic or usual), None)


def follow(subject: Model, path: str) -> Any:
    """Return what ``path`` leads to from one object: a key where it ends in a relation, without loading that row."""
    current: Any = subject
    if "__" in path:
        *steps, path = path.split("__")
        for name in steps:
            try:
                current = getattr(current, name)
            except ObjectDoesNotExist:  # deleted meanwhile
                return None
            if current is None:
                return None
    model: type[Model] = type(current)
    return getattr(current, _attribute(model, path))


@lru_cache(maxsize=4096)
def _attribute(model: type[Model], name: str) -> str:
    """Return the attribute of an object in which the value of a field is, or the key of a relation."""
    return str(field_at(model, name).attname)
