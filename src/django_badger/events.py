"""Events: what happened in the host, as small values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Model

#: What an event says about itself that says no more.
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(kw_only=True, eq=False, slots=True)  # not frozen, which would take twice as long, at each save of the host
class Event:
    """Something that happened. It is never changed.

    ``key`` is what rules wake on (see the functions below), ``subject`` the host's object, ``user_id`` the person
    it is about where the event itself says so, ``at`` when it happened, ``created`` whether the subject is new.
    """

    key: str
    subject: Any = None
    user_id: Any = None
    at: datetime | None = None
    created: bool = False
    data: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


def saved(model: type[Model]) -> str:
    """Return the key of "a row of this model was saved"."""
    return f"saved:{model._meta.label_lower}"


def deleted(model: type[Model]) -> str:
    """Return the key of "a row of this model was deleted"."""
    return f"deleted:{model._meta.label_lower}"


def named(name: str) -> str:
    """Return the key of an event that the host records by name."""
    return f"event:{name}"


def awarded(slug: str) -> str:
    """Return the key of "this badge was awarded"."""
    return f"awarded:{slug}"


def ended(slug: str) -> str:
    """Return the key of "an award of this badge does not stand any more"."""
    return f"ended:{slug}"


def doubted(slug: str) -> str:
    """Return the key of "it is asked whether this badge is still earned"."""
    return f"doubted:{slug}"


#: What takes back what happened: the beginnings of two keys.
_UNDONE = {"deleted:": "saved:", "ended:": "awarded:"}


def undoing(keys: Iterable[str]) -> Iterator[str]:
    """Return the keys of the events that take back what these keys are about."""
    for key in keys:
        yield from (undone + key.removeprefix(done) for undone, done in _UNDONE.items() if key.startswith(done))


def takes_back(event: Event) -> bool:
    """Whether this event takes something back."""
    return event.key.startswith(tuple(_UNDONE))


def as_done(event: Event) -> Event:
    """Return an event that takes something back as the one that it takes back: they concern the same people."""
    for undone, done in _UNDONE.items():
        if event.key.startswith(undone):
            return replace(event, key=done + event.key.removeprefix(undone))
    return event
