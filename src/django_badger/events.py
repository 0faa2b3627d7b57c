"""Events: what happened in the host, as small values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Event:
    """Something that happened.

    ``key`` is what rules wake on (see the functions below), ``subject`` the host's object, ``user_id`` the person
    it is about where the event itself says so, ``at`` when it happened, ``created`` whether the subject is new.
    """

    key: str
    subject: Any = None
    user_id: Any = None
    at: datetime | None = None
    created: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


def saved(model: type[Model]) -> str:
    """Return the key of "a row of this model was saved"."""
    return f"saved:{model._meta.label_lower}"


def named(name: str) -> str:
    """Return the key of an event that the host records by name."""
    return f"event:{name}"


def awarded(slug: str) -> str:
    """Return the key of "this badge was awarded"."""
    return f"awarded:{slug}"
