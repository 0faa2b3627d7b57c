"""Facts: what the probe found out about some people. Rules read them and ask nothing themselves."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from django_badger.events import Event


class Value(NamedTuple):
    """A measure's value, the newest moment in it, and what the newest row added, where that is known."""

    number: Decimal
    newest: datetime | None
    step: Decimal | None


def _values() -> dict[Any, dict[str, Value]]:
    return defaultdict(dict)


@dataclass(slots=True)
class Facts:
    """What is known of some people, at one moment.

    ``values``: (measure, person) → occasion → value. ``held``: person → slug → the moments of standing awards, the
    earliest first.
    ``filled``: (person, slug) → the slots that are taken. ``members``: (set of people, person) that is in it.
    ``happened``: person → key → the events of that key being evaluated. ``eligible``: the people who can be awarded anything.
    ``at``: the moment.
    """

    values: dict[Any, dict[str, Value]] = field(default_factory=_values)
    held: dict[Any, dict[str, list[datetime]]] = field(default_factory=lambda: defaultdict(dict))
    filled: dict[tuple[Any, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    members: set[tuple[Any, Any]] = field(default_factory=set)
    happened: dict[Any, dict[str, list[Event]]] = field(default_factory=dict)
    eligible: set[Any] = field(default_factory=set)
    at: datetime = field(default_factory=timezone.now)

    def value(self, measure: Any, user_id: Any) -> Mapping[str, Value]:
        """Return the values of a measure for one person, by occasion."""
        return self.values.get((measure, user_id), {})

    def hold(self, slug: str, user_id: Any, since: datetime) -> None:
        """Note that a person holds a badge, or holds it once more."""
        insort(self.held[user_id].setdefault(slug, []), since)

    def moments(self, slug: str, user_id: Any) -> Sequence[datetime]:
        """Return when a person earned a badge that they hold, the earliest moment first: several, if held so often."""
        return self.held.get(user_id, {}).get(slug, ())

    def since(self, slug: str, user_id: Any) -> datetime | None:
        """Return since when a person holds a badge, or None."""
        return next(iter(self.moments(slug, user_id)), None)
