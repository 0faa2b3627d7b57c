"""What wakes a function: a row of a model was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import Model

from django_badger import events

if TYPE_CHECKING:
    from django_badger.events import Event

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Trigger(Generic[M]):
    """What wakes a function: a row of a model was made. ``on=rules.created(Entry)``."""

    model: type[M]

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events it wakes on."""
        return frozenset({events.saved(self.model)})

    def fits(self, event: Event) -> bool:
        """Whether this event is a new row, which is still there as far as it knows itself."""
        return event.created and event.subject.pk is not None

    def subject_of(self, event: Event) -> M:
        """Return what the function is called with."""
        return event.subject  # type: ignore[no-any-return]  # woken by the model's own key
